package org.sparkadept.pipeline.report;

import java.util.List;
import org.sparkadept.pipeline.report.html.HtmlReport;

/**
 * What {@code adept explain} tells of one text.
 *
 * @param model path of the model directory
 * @param version of this program
 * @param text the text
 * @param truncated whether only its beginning was read
 * @param label the answer
 * @param probability of the answer
 * @param exitLayer the layer that answered
 * @param layers of the model
 * @param compute FLOPs as a share of full depth's
 * @param policy the policy in use
 * @param threshold its τ
 * @param labels the classes
 * @param steps what every exit says, those beyond the answer's included
 * @param tokens of the text, in order
 */
public record Explanation(
    String model,
    String version,
    String text,
    boolean truncated,
    String label,
    double probability,
    int exitLayer,
    int layers,
    double compute,
    String policy,
    double threshold,
    List<String> labels,
    List<ExitStep> steps,
    List<TokenExit> tokens)
    implements Report {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if a step has not one probability for each label
   */
  public Explanation {
    labels = List.copyOf(labels);
    steps = List.copyOf(steps);
    tokens = List.copyOf(tokens);
    for (ExitStep step : steps) {
      if (step.probabilities().size() != labels.size()) {
        throw new IllegalArgumentException(
            "layer " + step.layer() + " has probabilities of other labels");
      }
    }
  }

  @Override
  public String kind() {
    return "explanation";
  }

  @Override
  public HtmlReport page() {
    return ExplanationPage.of(this);
  }
}
