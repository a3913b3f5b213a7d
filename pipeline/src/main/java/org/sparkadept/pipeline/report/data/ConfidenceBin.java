package org.sparkadept.pipeline.report.data;

/**
 * Rows whose answers have about the same probability.
 *
 * @param from lowest probability of the bin
 * @param to highest probability of the bin
 * @param rows in the bin
 * @param confidence mean probability of the rows' answers; NaN if there are none
 * @param accuracy share of the rows with the true label; NaN if there are none
 */
public record ConfidenceBin(double from, double to, long rows, double confidence, double accuracy) {

  /** By how much the answers are more confident than accurate; NaN if there are none. */
  public double overconfidence() {
    return confidence - accuracy;
  }
}
