package org.sparkadept.training.optimize;

/**
 * What is minimised: the mean of the exits' cross entropies, changed as follows.
 *
 * @param multiLabel whether rows may have several labels: cross entropies are then of each label by
 *     itself, and summed
 * @param labelSmoothing share of the target that is spread evenly over all labels
 * @param balanced whether every label counts as much as the others, however many rows it has
 * @param equalShares whether exits have equal parts in the gradient of the shared state
 * @param distillation share of the loss of each exit that is the divergence from the mean answer of
 *     all exits
 * @param temperature what logits are divided by for that divergence
 * @param teacher share of the target that is a teacher's answer, for rows that have one
 */
public record LossSettings(
    boolean multiLabel,
    double labelSmoothing,
    boolean balanced,
    boolean equalShares,
    double distillation,
    double temperature,
    double teacher) {

  /** What a pretrained backbone is tuned with. */
  public static LossSettings defaults() {
    return new LossSettings(false, 0, false, true, 0.5, 2, 0.5);
  }

  /** The same with labels that count alike. */
  public LossSettings withBalancedLabels() {
    return new LossSettings(
        multiLabel, labelSmoothing, true, equalShares, distillation, temperature, teacher);
  }

  /** The same for rows that may have several labels. */
  public LossSettings withSeveralLabels() {
    return new LossSettings(
        true, labelSmoothing, balanced, equalShares, distillation, temperature, teacher);
  }
}
