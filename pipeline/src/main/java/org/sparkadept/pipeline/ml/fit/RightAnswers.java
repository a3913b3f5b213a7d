package org.sparkadept.pipeline.ml.fit;

import java.io.Serializable;

/** How many rows exits answer rightly, each alone and each two of them. */
final class RightAnswers implements Serializable {
  private static final long serialVersionUID = 1L;

  /** {@code [exits][exits]}: rows that both answer rightly. */
  private final long[][] both;

  private long rows;

  RightAnswers(int exits) {
    both = new long[exits][exits];
  }

  /**
   * Adds a row.
   *
   * @param right by exit
   */
  RightAnswers add(boolean[] right) {
    rows++;
    for (int exit = 0; exit < right.length; exit++) {
      for (int other = 0; other < right.length; other++) {
        both[exit][other] += right[exit] && right[other] ? 1 : 0;
      }
    }
    return this;
  }

  RightAnswers add(RightAnswers more) {
    rows += more.rows;
    for (int exit = 0; exit < both.length; exit++) {
      for (int other = 0; other < both.length; other++) {
        both[exit][other] += more.both[exit][other];
      }
    }
    return this;
  }

  /** Share of the rows that an exit answers rightly; 0 of none. */
  double accuracy(int exit) {
    return rows == 0 ? 0 : (double) both[exit][exit] / rows;
  }

  /**
   * The shallowest exit that is within one standard error of the best (Breiman et al.,
   * Classification and Regression Trees, 1984, section 3.4.3).
   */
  int shallowestOfTheBest() {
    int best = 0;
    for (int exit = 1; exit < both.length; exit++) {
      best = both[exit][exit] > both[best][best] ? exit : best;
    }
    int shallowest = 0;
    while (accuracy(best) - accuracy(shallowest) > standardError(best, shallowest)) {
      shallowest++;
    }
    return shallowest;
  }

  /**
   * The standard error of the difference of two exits' accuracies. They answer the same rows, so
   * only those count that one of them alone answers rightly; to each kind of rows half a one is
   * added (Agresti and Min, Simple improved confidence intervals for comparing matched proportions,
   * 2005), so that the error is not 0 where there are none.
   */
  private double standardError(int exit, int other) {
    double all = rows + 2;
    double first = (both[exit][exit] - both[exit][other] + 0.5) / all;
    double second = (both[other][other] - both[exit][other] + 0.5) / all;
    double difference = first - second;
    return Math.sqrt((first + second - difference * difference) / all);
  }
}
