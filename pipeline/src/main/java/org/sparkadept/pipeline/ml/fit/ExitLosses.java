package org.sparkadept.pipeline.ml.fit;

import java.io.Serializable;

/** Losses of the exits' answers, of each exit and of each two of them. */
final class ExitLosses implements Serializable {
  private static final long serialVersionUID = 1L;

  /** {@code [exits][exits]}: sums of products of the losses. */
  private final double[][] products;

  private final double[] sums;
  private long rows;

  ExitLosses(int exits) {
    products = new double[exits][exits];
    sums = new double[exits];
  }

  /**
   * Adds a row.
   *
   * @param losses by exit
   */
  ExitLosses add(double[] losses) {
    rows++;
    for (int exit = 0; exit < losses.length; exit++) {
      sums[exit] += losses[exit];
      for (int other = 0; other < losses.length; other++) {
        products[exit][other] += losses[exit] * losses[other];
      }
    }
    return this;
  }

  ExitLosses add(ExitLosses more) {
    rows += more.rows;
    for (int exit = 0; exit < sums.length; exit++) {
      sums[exit] += more.sums[exit];
      for (int other = 0; other < sums.length; other++) {
        products[exit][other] += more.products[exit][other];
      }
    }
    return this;
  }

  /** Mean loss of a row at an exit; NaN of none. */
  double mean(int exit) {
    return sums[exit] / rows;
  }

  /**
   * The shallowest exit whose mean loss is within one standard error of the least: the error of the
   * mean difference, since exits answer the same rows.
   */
  int shallowestOfTheBest() {
    int best = 0;
    for (int exit = 1; exit < sums.length; exit++) {
      best = sums[exit] < sums[best] ? exit : best;
    }
    int shallowest = 0;
    while (mean(shallowest) - mean(best) > standardError(best, shallowest)) {
      shallowest++;
    }
    return shallowest;
  }

  private double standardError(int exit, int other) {
    double square =
        (products[exit][exit] - 2 * products[exit][other] + products[other][other]) / rows;
    double difference = mean(exit) - mean(other);
    return Math.sqrt(Math.max(0, square - difference * difference) / rows);
  }
}
