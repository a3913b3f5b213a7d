package org.sparkadept.pipeline.report.data;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What {@code adept explain} found about one text.
 *
 * @param model path of the model directory
 * @param version of this program
 * @param text the text
 * @param truncated whether only its beginning was read
 * @param label the answer; of several labels the most probable, and null of none
 * @param probability of that label; NaN without one
 * @param answer all labels of the answer, the most probable first
 * @param multiLabel whether a row may have several
 * @param exitLayer the layer that answered
 * @param layers of the model
 * @param compute FLOPs of the exit that answered, as a share of full depth's
 * @param policy the policy in use
 * @param threshold its τ; NaN where the policy has none
 * @param labels the classes
 * @param steps one for every exit, those after the exit that answered included
 * @param tokens of the text, in order
 */
public record Explanation(
    String model,
    String version,
    String text,
    boolean truncated,
    String label,
    double probability,
    List<LabelScore> answer,
    boolean multiLabel,
    int exitLayer,
    int layers,
    double compute,
    String policy,
    double threshold,
    List<String> labels,
    List<Step> steps,
    List<Token> tokens)
    implements Report {

  /** What an exit did with the text. */
  public enum Decision {
    /** The policy let the text go on to the next layer. */
    CONTINUES("continues"),
    /** The exit gave the answer. */
    ANSWERS("exits"),
    /** The exit comes after the answer: it was computed for the report alone. */
    NOT_RUN("not run");

    private final String words;

    Decision(String words) {
      this.words = words;
    }

    /** The decision in words. */
    @Override
    public String toString() {
      return words;
    }
  }

  /** A label of an answer and its probability. */
  public record LabelScore(String label, double probability) {
    /** Labels in one line, those of several with their probabilities. */
    public static String line(List<LabelScore> answer, boolean multiLabel) {
      if (answer.isEmpty()) {
        return "no label";
      }
      return answer.stream()
          .map(
              at ->
                  multiLabel
                      ? String.format(Locale.ROOT, "%s %.1f %%", at.label, 100 * at.probability)
                      : at.label)
          .collect(Collectors.joining(", "));
    }
  }

  /**
   * One exit.
   *
   * @param layer counted from 1
   * @param label the most probable of its answer; null where that is empty
   * @param probability of that label; where a row may have several, of the least settled label to
   *     be as the answer says
   * @param answer all labels of its answer, the most probable first
   * @param policyValue π, compared with the threshold; NaN where the policy has none
   * @param exits whether π reaches the threshold
   * @param probabilities of all labels, in their order
   */
  public record Step(
      int layer,
      String label,
      double probability,
      List<LabelScore> answer,
      double policyValue,
      boolean exits,
      List<Double> probabilities) {

    /** Copies the list. */
    public Step {
      answer = List.copyOf(answer);
      probabilities = List.copyOf(probabilities);
    }
  }

  /**
   * One token.
   *
   * @param text the piece of text that it stands for, spaces included
   * @param layer after which it left; 0 if it stayed to the layer that answered
   */
  public record Token(String text, int layer) {}

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if a step has not one probability for each label
   */
  public Explanation {
    answer = List.copyOf(answer);
    labels = List.copyOf(labels);
    steps = List.copyOf(steps);
    tokens = List.copyOf(tokens);
    for (Step step : steps) {
      if (step.probabilities().size() != labels.size()) {
        throw new IllegalArgumentException(
            "layer " + step.layer() + " has probabilities of other labels");
      }
    }
  }

  /** The last exit, where full depth ends, counted from 1. */
  public int reference() {
    return steps.isEmpty() ? exitLayer : steps.get(steps.size() - 1).layer();
  }

  @Override
  public String kind() {
    return "explanation";
  }

  /** The answer in one line. */
  public String answerLine() {
    return LabelScore.line(answer, multiLabel);
  }

  /** The answer of an exit in one line. */
  public String answerLine(Step step) {
    return LabelScore.line(step.answer, multiLabel);
  }

  /** What an exit did with the text. */
  public Decision decision(Step step) {
    return step.layer == exitLayer
        ? Decision.ANSWERS
        : step.layer > exitLayer ? Decision.NOT_RUN : Decision.CONTINUES;
  }

  /** The last layer that a token went through. */
  public int depth(Token token) {
    return token.layer == 0 ? exitLayer : token.layer;
  }
}
