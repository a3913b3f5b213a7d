package org.sparkadept.benchmarks.measure;

import java.util.Arrays;
import java.util.List;

/**
 * Times of several runners that took turns.
 *
 * @param seconds {@code [runners][rounds]}
 */
public record Rounds(double[][] seconds) {

  /** Scores rows to be timed. */
  @FunctionalInterface
  public interface Runner {
    /**
     * Scores all rows once, and again until {@code least} seconds have passed.
     *
     * @return mean seconds of a pass over the rows
     */
    double seconds(double least) throws Exception;
  }

  /**
   * A statistic over several rounds.
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

  /**
   * Warms all runners up, one after the other; then each has a turn in each round.
   *
   * @param rounds how many
   * @param warmUp least seconds that each runner warms up
   * @param turn least seconds of a turn
   */
  public static Rounds run(List<Runner> runners, int rounds, double warmUp, double turn)
      throws Exception {
    for (Runner runner : runners) {
      runner.seconds(warmUp);
    }
    double[][] seconds = new double[runners.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < seconds.length; i++) {
        seconds[i][round] = runners.get(i).seconds(turn);
      }
    }
    return new Rounds(seconds);
  }

  /** Seconds of a runner. */
  public Spread seconds(int runner) {
    return Spread.of(seconds[runner]);
  }

  /** Median seconds of each runner. */
  public double[] medians() {
    return Arrays.stream(seconds).mapToDouble(each -> Spread.of(each).median()).toArray();
  }

  /** How many times as fast as another runner a runner was, round by round. */
  public Spread speedup(int runner, int over) {
    double[] ratios = new double[seconds[runner].length];
    for (int round = 0; round < ratios.length; round++) {
      ratios[round] = seconds[over][round] / seconds[runner][round];
    }
    return Spread.of(ratios);
  }
}
