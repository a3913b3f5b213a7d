package org.sparkadept.pipeline.report.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What {@code adept evaluate} found on rows with known labels.
 *
 * @param provenance where the numbers come from
 * @param input counts of the rows of the input
 * @param policy the policy in use
 * @param threshold its τ; NaN where the policy has none
 * @param rows that were scored
 * @param labels the classes
 * @param accuracy share of rows that were answered rightly: with all of their labels and no other
 * @param agreement share of rows with full depth's answer
 * @param compute FLOPs as a share of full depth's
 * @param computeOfCheckpoint FLOPs as a share of those through all layers of the checkpoint
 * @param seconds the scoring took
 * @param fullDepthAccuracy accuracy without early exits
 * @param fullDepthSeconds the scoring took without early exits
 * @param exits by layer
 * @param frontier points of every policy that was tried
 * @param reliability bins of the answers' probabilities
 * @param minScore the least score of an answer in use; 0 where every row is answered. The other
 *     figures are of all rows, by their most probable label
 * @param coverage what is left of the answers at this and other least scores
 * @param exitHistogramPerLabel rows by true label and exit, [labels][exits]
 * @param confusion rows by true label and answer, [labels][labels]; empty where a row may have
 *     several labels
 * @param multiLabel figures of rows that may have several labels; null where each has one
 */
public record Evaluation(
    Provenance provenance,
    InputCounts input,
    String policy,
    double threshold,
    long rows,
    List<String> labels,
    double accuracy,
    double agreement,
    double compute,
    double computeOfCheckpoint,
    double seconds,
    double fullDepthAccuracy,
    double fullDepthSeconds,
    List<Exit> exits,
    List<FrontierPoint> frontier,
    List<ConfidenceBin> reliability,
    double minScore,
    List<CoveragePoint> coverage,
    long[][] exitHistogramPerLabel,
    long[][] confusion,
    MultiLabel multiLabel)
    implements Report {

  /** Confidence of each lower bound of the coverage's precision. */
  public static final double BOUND_CONFIDENCE = 0.95;

  /**
   * One exit layer.
   *
   * @param layer counted from 1
   * @param rows answered here
   * @param accuracyHere share of the rows answered here that are right; NaN if there are none
   * @param headAccuracy share of all rows that this exit's head answers rightly
   * @param agreement share of all rows for which this exit's head gives full depth's answer
   */
  public record Exit(
      int layer, long rows, double accuracyHere, double headAccuracy, double agreement) {}

  /**
   * One class; shares of nothing are NaN.
   *
   * @param index of the label
   * @param label its name
   * @param rows with this true label
   * @param recall share of these rows that were answered with it
   * @param precision share of the rows answered with it that have it
   * @param meanExitLayer mean over these rows of the layer that answered
   */
  public record ClassFigures(
      int index, String label, long rows, double recall, double precision, double meanExitLayer) {}

  /**
   * Figures where rows may have several labels. F1 is twice the right labels over those that rows
   * have and those that they were answered with.
   *
   * @param microF1 of all labels of all rows together
   * @param macroF1 mean of the labels that some row has or some answer
   * @param fullDepthMicroF1 without early exits
   * @param fullDepthMacroF1 without early exits
   * @param labels each of them
   */
  public record MultiLabel(
      double microF1,
      double macroF1,
      double fullDepthMicroF1,
      double fullDepthMacroF1,
      List<LabelFigures> labels) {
    /** Copies the list. */
    public MultiLabel {
      labels = List.copyOf(labels);
    }
  }

  /**
   * One label of rows that may have several.
   *
   * @param label its name
   * @param threshold probability from which on it is in the answer
   * @param rows with the label
   * @param answered rows that were answered with it
   * @param right rows with the label that were answered with it
   * @param f1 NaN if no row has the label and no answer
   */
  public record LabelFigures(
      String label, double threshold, long rows, long answered, long right, double f1) {}

  /**
   * A class that was answered with another.
   *
   * @param label the true class
   * @param answer the other one
   * @param rows of the true class with this answer
   * @param share of the rows of the true class
   */
  public record ConfusedPair(String label, String answer, long rows, double share) {}

  /**
   * Copies lists and tables.
   *
   * @throws IllegalArgumentException if the tables do not fit the labels and exits
   */
  public Evaluation {
    labels = List.copyOf(labels);
    exits = List.copyOf(exits);
    frontier = List.copyOf(frontier);
    reliability = List.copyOf(reliability);
    coverage = List.copyOf(coverage);
    exitHistogramPerLabel =
        copy("exitHistogramPerLabel", exitHistogramPerLabel, labels.size(), exits.size());
    int confused = multiLabel == null ? labels.size() : 0;
    confusion = copy("confusion", confusion, confused, confused);
  }

  private static long[][] copy(String name, long[][] table, int rows, int columns) {
    if (table.length != rows) {
      throw new IllegalArgumentException(name + " has " + table.length + " rows, not " + rows);
    }
    long[][] copy = new long[rows][];
    for (int i = 0; i < rows; i++) {
      if (table[i].length != columns) {
        throw new IllegalArgumentException(
            name + " has " + table[i].length + " columns in row " + i + ", not " + columns);
      }
      copy[i] = table[i].clone();
    }
    return copy;
  }

  @Override
  public String kind() {
    return "evaluation";
  }

  /** How many times faster the scoring was than at full depth. */
  public double speedup() {
    return fullDepthSeconds / seconds;
  }

  /** Share of the scored rows that an exit answered; NaN if there are none. */
  public double share(Exit exit) {
    return share(exit.rows, rows);
  }

  /** Share of the rows of a class that were answered at an exit; NaN if there are none. */
  public double exitShare(int label, int exit) {
    long[] counts = exitHistogramPerLabel[label];
    return share(counts[exit], LongStream.of(counts).sum());
  }

  /** Share of the rows of a class that got an answer; NaN if there are none. */
  public double answerShare(int label, int answer) {
    return share(confusion[label][answer], LongStream.of(confusion[label]).sum());
  }

  /** Figures of every class, in the order of the labels. */
  public List<ClassFigures> classes() {
    List<ClassFigures> classes = new ArrayList<>();
    for (int label = 0; label < labels.size(); label++) {
      classes.add(multiLabel == null ? confusedFigures(label) : labelFigures(label));
    }
    return classes;
  }

  private ClassFigures confusedFigures(int label) {
    long answers = 0;
    for (long[] row : confusion) {
      answers += row[label];
    }
    long right = confusion[label][label];
    return figures(label, LongStream.of(confusion[label]).sum(), answers, right);
  }

  private ClassFigures labelFigures(int label) {
    LabelFigures found = multiLabel.labels().get(label);
    return figures(label, found.rows(), found.answered(), found.right());
  }

  private ClassFigures figures(int label, long rowsOfLabel, long answers, long right) {
    return new ClassFigures(
        label,
        labels.get(label),
        rowsOfLabel,
        share(right, rowsOfLabel),
        share(right, answers),
        meanExitLayer(exitHistogramPerLabel[label]));
  }

  private double meanExitLayer(long[] counts) {
    double sum = 0;
    for (int exit = 0; exit < counts.length; exit++) {
      sum += (double) counts[exit] * exits.get(exit).layer();
    }
    return sum / LongStream.of(counts).sum();
  }

  /** The pairs of classes that are confused most, from the most rows on. */
  public List<ConfusedPair> mostConfused(int limit) {
    List<ConfusedPair> pairs = new ArrayList<>();
    for (int label = 0; label < confusion.length; label++) {
      for (int answer = 0; answer < confusion.length; answer++) {
        long rowsOfPair = confusion[label][answer];
        if (answer != label && rowsOfPair > 0) {
          pairs.add(
              new ConfusedPair(
                  labels.get(label), labels.get(answer), rowsOfPair, answerShare(label, answer)));
        }
      }
    }
    pairs.sort(Comparator.comparingLong(ConfusedPair::rows).reversed());
    return pairs.subList(0, Math.min(limit, pairs.size()));
  }

  private static double share(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }
}
