package org.sparkadept.decoder.result;

/**
 * What every exit says of one row that passes all of them, and what the row would have cost had it
 * exited there. Index {@code i} is the i-th exit layer; the last is the one that answers at full
 * depth.
 *
 * @param tokens tokens of the row, special tokens included
 * @param readouts what the exits say
 * @param preferences π of the exit policy; NaN where it has none, as at the last exit
 * @param decisions whether the exit policy lets the row exit; always at the last exit
 * @param flops floating-point operations up to there, with those of exit heads, policies and the
 *     hidden state mapper
 * @param fullDepthFlops what the row takes under the policy {@code none}
 * @param probabilities {@code [exits][labels]}, the labels' probabilities; null unless requested
 * @param tokenExits {@code [tokens]}: the layer, from 1, after which each token exited; 0 where it
 *     did not
 */
public record ExitTrace(
    int tokens,
    ExitReadout[] readouts,
    float[] preferences,
    boolean[] decisions,
    long[] flops,
    long fullDepthFlops,
    float[][] probabilities,
    int[] tokenExits) {

  /** An empty trace, to be filled exit by exit. */
  public static ExitTrace of(int tokens, int exits, long fullDepthFlops, boolean probabilities) {
    return new ExitTrace(
        tokens,
        new ExitReadout[exits],
        new float[exits],
        new boolean[exits],
        new long[exits],
        fullDepthFlops,
        probabilities ? new float[exits][] : null,
        new int[tokens]);
  }

  /** Number of exits. */
  public int exits() {
    return readouts.length;
  }

  /** Cost of exiting at an exit, as a share of full depth. */
  public double cost(int exit) {
    return (double) flops[exit] / fullDepthFlops;
  }

  /** Index of the exit that answers under the policy of the run. */
  public int answer() {
    int exit = 0;
    while (!decisions[exit]) {
      exit++;
    }
    return exit;
  }

  /** Index of the first exit whose policy prefers, with {@code π ≥ threshold}, to exit. */
  public int exitAt(float threshold) {
    int last = readouts.length - 1;
    for (int exit = 0; exit < last; exit++) {
      if (preferences[exit] >= threshold) {
        return exit;
      }
    }
    return last;
  }

  /** Whether the scores are finite at every exit. */
  public boolean finite() {
    for (ExitReadout readout : readouts) {
      if (Float.isNaN(readout.probability())) {
        return false;
      }
    }
    return true;
  }
}
