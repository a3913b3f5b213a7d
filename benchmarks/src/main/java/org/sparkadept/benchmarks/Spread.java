package org.sparkadept.benchmarks;

import java.util.Arrays;

/**
 * What several rounds gave.
 *
 * @param median the middle value; the mean of the two in the middle where their number is even
 * @param least the smallest
 * @param most the largest
 */
public record Spread(double median, double least, double most) {
  public static Spread of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }
}
