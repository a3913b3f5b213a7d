package org.sparkadept.training.tune;

import java.util.Arrays;
import java.util.Locale;

/**
 * What the validation rows say after an epoch.
 *
 * @param epoch passes over the rows, the first is 1
 * @param accuracy share of right answers of every exit; where rows may have several labels, F1 of
 *     all labels together, with thresholds of ½
 * @param losses mean cross entropy of every exit
 * @param seconds time of the run so far
 */
public record EpochResult(int epoch, double[] accuracy, double[] losses, double seconds) {

  /**
   * One line.
   *
   * @param measure what the accuracy is
   */
  public String line(String measure) {
    StringBuilder each = new StringBuilder();
    for (double share : accuracy) {
      each.append(String.format(Locale.ROOT, " %.1f", 100 * share));
    }
    return String.format(
        Locale.ROOT, "epoch %d: validation %s of the exits%s %%", epoch, measure, each);
  }

  /** The exit with the most right answers, from 0; the shallowest of equals. */
  public int mostAccurate() {
    int most = 0;
    for (int exit = 1; exit < accuracy.length; exit++) {
      most = accuracy[exit] > accuracy[most] ? exit : most;
    }
    return most;
  }

  /** Whether it has the better {@link #score} or, with an equal one, the lower losses. */
  boolean isBetterThan(EpochResult other) {
    int compared = Double.compare(score(), other.score());
    return compared > 0 || (compared == 0 && mean(losses) < mean(other.losses));
  }

  /**
   * What epochs are compared by: the mean of the most accurate exit's share and of that of all
   * exits. The most accurate alone would choose by a row or two where the others still gain much.
   */
  private double score() {
    return (accuracy[mostAccurate()] + mean(accuracy)) / 2;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}
