package org.sparkadept.pipeline;

import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;

/** Traces of rows that no model made. */
public final class TestTrace {
  private TestTrace() {}

  /**
   * A trace.
   *
   * @param labels what each exit answers
   * @param preferences π of each exit
   * @param flops up to each exit; the last is full depth
   */
  public static ExitTrace of(int[] labels, float[] preferences, long[] flops) {
    int exits = labels.length;
    ExitTrace trace = ExitTrace.of(5, exits, flops[exits - 1], false);
    for (int exit = 0; exit < exits; exit++) {
      trace.readouts()[exit] =
          ExitReadout.ofOne(exit + 1, labels[exit], 0.9f, 0.8f, 0.1f, 1, Float.NaN);
      trace.preferences()[exit] = preferences[exit];
      trace.flops()[exit] = flops[exit];
      trace.decisions()[exit] = exit == exits - 1;
    }
    return trace;
  }
}
