package org.sparkadept.pipeline.report.data;

/**
 * Labels of answers that have about the same probability; each row that was answered has one, or,
 * where it may have several, any number of them.
 *
 * @param from lowest probability of the bin
 * @param to highest probability of the bin
 * @param rows labels in the bin
 * @param confidence their mean probability; NaN if there are none
 * @param accuracy share of them that the row has; NaN if there are none
 */
public record ConfidenceBin(double from, double to, long rows, double confidence, double accuracy) {

  /** By how much the answers are more confident than accurate; NaN if there are none. */
  public double overconfidence() {
    return confidence - accuracy;
  }
}
