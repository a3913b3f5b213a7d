package org.sparkadept.pipeline.ml.fit;

/**
 * A sum of softplus, {@code ln(1 + e^z) = max(z, 0) + ln(1 + e^−|z|)}: the cross-entropy of a label
 * that a row lacks. The logarithms are taken of products of many, which is several times as fast as
 * one for each.
 */
final class SoftplusSum {
  /** A product that large is added to the sum; one more factor is at most 2. */
  private static final double LARGE = 1e300;

  private double sum;
  private double product = 1;

  /**
   * Adds a softplus.
   *
   * @param z what it is taken of
   * @return {@code e^−|z|}
   */
  double add(double z) {
    double small = Math.exp(-Math.abs(z));
    sum += Math.max(z, 0);
    product *= 1 + small;
    if (product > LARGE) {
      sum += Math.log(product);
      product = 1;
    }
    return small;
  }

  /** The sum of all that were added. */
  double sum() {
    return sum + Math.log(product);
  }
}
