package org.sparkadept.pipeline.report.data;

import java.util.List;

/**
 * How a backbone was tuned, measured on validation rows.
 *
 * @param provenance where the numbers come from
 * @param output path of the directory that holds the tuned model
 * @param trainRows rows that weights were fitted on
 * @param validationRows rows that the best epoch was chosen by
 * @param seconds it took
 * @param labels the classes
 * @param multiLabel whether rows may have several labels
 * @param checkpointLayers layers of the backbone before it was cut
 * @param exitLayers layers with an exit head
 * @param reference the most accurate of them, where the backbone was cut
 * @param precision number format of products
 * @param loraRank rank of LoRA; 0 where all weights of these layers were trained
 * @param bestEpoch the epoch whose weights are kept, from 1
 * @param epochs what the validation rows say of each
 * @param steps training losses
 */
public record Tuning(
    Provenance provenance,
    String output,
    long trainRows,
    long validationRows,
    double seconds,
    List<String> labels,
    boolean multiLabel,
    int checkpointLayers,
    List<Integer> exitLayers,
    int reference,
    String precision,
    int loraRank,
    int bestEpoch,
    List<Epoch> epochs,
    List<Steps> steps)
    implements Report {

  /**
   * A pass over the train rows.
   *
   * @param epoch counted from 1
   * @param accuracy share of right answers of each exit; where rows may have several labels, F1 of
   *     all labels together, with thresholds of ½
   * @param loss mean cross-entropy of each exit, in nats
   */
  public record Epoch(int epoch, List<Double> accuracy, List<Double> loss) {}

  /**
   * Some steps.
   *
   * @param epoch passes over the train rows so far, a begun one as a fraction
   * @param loss mean cross-entropy of each exit, in nats, before the rows were trained on
   */
  public record Steps(double epoch, List<Double> loss) {}

  /** Copies the lists. */
  public Tuning {
    labels = List.copyOf(labels);
    exitLayers = List.copyOf(exitLayers);
    epochs = List.copyOf(epochs);
    steps = List.copyOf(steps);
  }

  /** What {@link Epoch#accuracy} is, in a word. */
  public String measure() {
    return measure(multiLabel);
  }

  /** What {@link Epoch#accuracy} is where rows may have several labels, or have one. */
  public static String measure(boolean multiLabel) {
    return multiLabel ? "F1" : "accuracy";
  }

  /** The epoch whose weights are kept. */
  public Epoch best() {
    return epochs.get(bestEpoch - 1);
  }

  @Override
  public String kind() {
    return "tuning";
  }
}
