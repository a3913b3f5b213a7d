package org.sparkadept.decoder.engine;

import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;

/** Lets no row leave, and notes what each exit says of it. */
final class Tracing implements Passage.Exits {
  private final Passage passage;
  private final ExitPolicy policy;
  private final int layers;
  private final int labels;
  private final boolean wanted;
  private final ExitReadout[][] readouts;
  private final float[][] preferences;
  private final long[][] flops;
  private final float[][][] probabilities;
  private final int[] passed;

  /**
   * @param rows rows of the wave
   * @param exits number of exits of the plan
   * @param layers number of layers
   * @param labels number of labels
   * @param wanted whether the labels' probabilities are noted
   */
  Tracing(
      Passage passage,
      ExitPolicy policy,
      int rows,
      int exits,
      int layers,
      int labels,
      boolean wanted) {
    this.passage = passage;
    this.policy = policy;
    this.layers = layers;
    this.labels = labels;
    this.wanted = wanted;
    readouts = new ExitReadout[rows][exits];
    preferences = new float[rows][exits];
    flops = new long[rows][exits];
    probabilities = new float[rows][wanted ? exits : 0][];
    passed = new int[rows];
  }

  @Override
  public void scores(int row, float[] scores, int from) {
    if (wanted) {
      probabilities[row][passed[row]] = ExitReadout.probabilities(scores, from, labels);
    }
  }

  @Override
  public boolean leave(int row, ExitReadout readout) {
    int exit = passed[row]++;
    readouts[row][exit] = readout;
    preferences[row][exit] = readout.layer() == layers ? Float.NaN : policy.value(readout);
    flops[row][exit] = passage.flops()[row];
    return readout.layer() == layers;
  }

  ExitTrace trace(int row, int tokens, long fullDepthFlops) {
    return new ExitTrace(
        tokens,
        readouts[row],
        preferences[row],
        flops[row],
        fullDepthFlops,
        wanted ? probabilities[row] : null);
  }
}
