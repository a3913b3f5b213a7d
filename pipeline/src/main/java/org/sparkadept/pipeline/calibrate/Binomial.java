package org.sparkadept.pipeline.calibrate;

import org.apache.commons.math3.special.Beta;

/** Exact binomial tails. */
public final class Binomial {
  private Binomial() {}

  /**
   * {@code P(Bin(n, p) ≤ k)}: the p-value of {@code k} violations in {@code n} rows under the
   * hypothesis that their share is {@code p} or more.
   */
  public static double lowerTail(long n, double p, long k) {
    return k >= n ? 1 : Beta.regularizedBeta(1 - p, n - k, k + 1);
  }

  /** The largest share that {@code k} of {@code n} does not reject at level δ (Clopper-Pearson). */
  public static double upperBound(long n, long k, double delta) {
    if (k >= n) {
      return 1;
    }
    double low = (double) k / n;
    double high = 1;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (lowerTail(n, middle, k) > delta) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** The least n for which no violation at all rejects: {@code (1 − ε)^n ≤ δ}. */
  public static long rowsNeeded(double epsilon, double delta) {
    return (long) Math.ceil(Math.log(delta) / Math.log1p(-epsilon));
  }
}
