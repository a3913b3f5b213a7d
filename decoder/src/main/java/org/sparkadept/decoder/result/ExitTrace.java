package org.sparkadept.decoder.result;

/**
 * What every exit says of one row that passes all of them, and what the row would have cost had it
 * left there. Index {@code i} is the i-th exit layer; the last is the model's last layer.
 *
 * @param tokens tokens of the row, special tokens included
 * @param readouts what the exit heads say
 * @param preferences π of the exit policy; NaN where it has none, as at the last layer
 * @param flops floating-point operations up to there, with those of exit heads, policies and the
 *     hidden state mapper
 * @param fullDepthFlops what the row takes under the policy {@code none}
 * @param probabilities {@code [exits][labels]}, the labels' probabilities; null unless asked for
 */
public record ExitTrace(
    int tokens,
    ExitReadout[] readouts,
    float[] preferences,
    long[] flops,
    long fullDepthFlops,
    float[][] probabilities) {

  /** Number of exits. */
  public int exits() {
    return readouts.length;
  }

  /** Cost of leaving at an exit, as a share of full depth. */
  public double cost(int exit) {
    return (double) flops[exit] / fullDepthFlops;
  }

  /** Index of the first exit whose policy prefers, with {@code π ≥ threshold}, to leave. */
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
