package org.sparkadept.benchmarks;

import java.util.Arrays;
import java.util.List;

/**
 * Times of several contestants that took turns.
 *
 * @param seconds {@code [contestants][rounds]}
 */
public record Rounds(double[][] seconds) {
  /**
   * Warms all contestants up, one after the other; then each has a turn in each round.
   *
   * @param rounds how many
   * @param warmUp seconds that each contestant runs before
   * @param turn seconds that a turn lasts at least; it scores all rows, again and again
   */
  public static Rounds run(List<Contestant> contestants, int rounds, double warmUp, double turn)
      throws Exception {
    for (Contestant contestant : contestants) {
      contestant.seconds(warmUp);
    }
    double[][] seconds = new double[contestants.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < seconds.length; i++) {
        seconds[i][round] = contestants.get(i).seconds(turn);
      }
    }
    return new Rounds(seconds);
  }

  /** Seconds of a contestant. */
  public Spread seconds(int contestant) {
    return Spread.of(seconds[contestant]);
  }

  /** Median seconds of each contestant. */
  double[] medians() {
    return Arrays.stream(seconds).mapToDouble(each -> Spread.of(each).median()).toArray();
  }

  /** How many times as fast as another one a contestant was, round by round. */
  public Spread speedup(int contestant, int over) {
    double[] ratios = new double[seconds[contestant].length];
    for (int round = 0; round < ratios.length; round++) {
      ratios[round] = seconds[over][round] / seconds[contestant][round];
    }
    return Spread.of(ratios);
  }
}
