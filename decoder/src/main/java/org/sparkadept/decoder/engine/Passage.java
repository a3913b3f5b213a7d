package org.sparkadept.decoder.engine;

import java.util.Arrays;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.result.ExitReadout;

/**
 * One wave's way through the layers. After each exit the rows still alive are packed into full
 * micro-batches anew, so survivors of different micro-batches are merged and deep layers run on
 * full batches, too.
 */
final class Passage {
  /** What the policy {@code adept} does with a read-out: a product of four. */
  private static final long POLICY_FLOPS = 2 * 4;

  /** Whether a row leaves. */
  interface Exits {
    /**
     * @param row row of the wave
     * @param readout what the exit head says of it
     */
    boolean leave(int row, ExitReadout readout);

    /**
     * Sees the exit head's scores, before {@link #leave} is asked.
     *
     * @param row row of the wave
     * @param scores the logits, from index {@code from} on
     */
    default void scores(int row, float[] scores, int from) {}
  }

  private final ComputeSession session;
  private final Wave wave;
  private final ModelSource source;
  private final LayerPlan plan;
  private final RowCost cost;
  private final DecoderOptions options;
  private final int labels;
  private final long[] flops;
  private final int[] tokenExits;
  private final ExitReadout[] readouts;
  private long sharedFlops;

  Passage(
      ComputeSession session,
      Wave wave,
      ModelSource source,
      LayerPlan plan,
      RowCost cost,
      DecoderOptions options) {
    this.session = session;
    this.wave = wave;
    this.source = source;
    this.plan = plan;
    this.cost = cost;
    this.options = options;
    labels = source.heads().get(plan.layers()).weight().rows();
    flops = new long[wave.size()];
    tokenExits = new int[wave.tokenIds().length];
    readouts = new ExitReadout[wave.size()];
  }

  /** Floating-point operations of each row, as if it were alone. */
  long[] flops() {
    return flops;
  }

  /** How many of them did not run, because rows shared what was computed once. */
  long sharedFlops() {
    return sharedFlops;
  }

  /** The layer, counted from 1, after which each token of the wave left; 0 where it did not. */
  int[] tokenExits() {
    return tokenExits;
  }

  /** Runs the wave until all rows have left. */
  void run(Exits exits) {
    session.begin(wave.tokenIds(), wave.rowStarts());
    int[] rows = new int[wave.size()];
    Arrays.setAll(rows, row -> row);
    int first = 0;
    while (first < rows.length) {
      int end =
          options.exit().mergeSurvivors() ? rows.length : microBatch(rows, first, rows.length);
      advance(Arrays.copyOfRange(rows, first, end), exits);
      first = end;
    }
    sharedFlops = cost.keyValue() * session.sharedTokens();
    session.end();
  }

  private void advance(int[] alive, Exits exits) {
    int count = alive.length;
    int layer = 0;
    while (count > 0 && layer < plan.layers()) {
      int end = plan.split()[layer] ? layer + 1 : plan.segmentEnd(layer);
      boolean asked = false;
      if (plan.split()[layer]) {
        runClassTokens(layer, alive, count);
        asked = plan.exits()[layer] && (plan.classFirst() || end == plan.layers());
        count = asked ? decide(end, alive, count, exits) : count;
        runOtherTokens(layer, alive, count);
      } else {
        runWhole(layer, end, alive, count);
      }
      if (plan.exits()[end - 1] && !asked) {
        count = decide(end, alive, count, exits);
      }
      layer = end;
    }
  }

  /** As many rows at once as a micro-batch has tokens. */
  private void runClassTokens(int layer, int[] alive, int count) {
    int most = options.microBatchTokens();
    for (int first = 0; first < count; first += most) {
      session.runClassTokens(layer, alive, first, Math.min(count, first + most));
    }
    for (int i = 0; i < count; i++) {
      flops[alive[i]] += cost.classToken(layer, wave.tokens(alive[i]));
    }
  }

  /** Tokens other than the class token, of the rows that still have some, in micro-batches. */
  private void runOtherTokens(int layer, int[] alive, int count) {
    int[] rows = new int[count];
    int waiting = 0;
    int tokens = 0;
    for (int i = 0; i < count; i++) {
      int others = countOthers(layer, alive[i]);
      if (others == 0) {
        continue;
      }
      if (waiting > 0 && tokens + others > options.microBatchTokens()) {
        flush(layer, rows, waiting);
        waiting = 0;
        tokens = 0;
      }
      rows[waiting++] = alive[i];
      tokens += others;
    }
    flush(layer, rows, waiting);
  }

  private void flush(int layer, int[] rows, int count) {
    if (count > 0) {
      session.runOtherTokens(layer, rows, 0, count);
      if (plan.tokenExits()[layer]) {
        float threshold = source.tokenExits().threshold();
        session.exitTokens(layer + 1, threshold, rows, 0, count, tokenExits);
      }
    }
  }

  /** How many tokens other than the class token a row still has; notes what they cost. */
  private int countOthers(int layer, int row) {
    int start = wave.rowStarts()[row];
    int others = 0;
    for (int t = start; t < wave.rowStarts()[row + 1] - 1; t++) {
      if (tokenExits[t] == 0) {
        others++;
        flops[row] += cost.otherToken(layer, t - start);
        flops[row] += plan.tokenExits()[layer] ? cost.tokenPolicy() : 0;
      }
    }
    return others;
  }

  private void runWhole(int from, int to, int[] alive, int count) {
    int first = 0;
    while (first < count) {
      int end = microBatch(alive, first, count);
      session.run(from, to, alive, first, end);
      first = end;
    }
    for (int i = 0; i < count; i++) {
      for (int layer = from; layer < to; layer++) {
        flops[alive[i]] += cost.whole(layer, wave.tokens(alive[i]));
      }
    }
  }

  /** One more than the index of the last row that still fits; a longer row is alone. */
  private int microBatch(int[] rows, int first, int count) {
    int end = first + 1;
    int tokens = wave.tokens(rows[first]);
    while (end < count && tokens + wave.tokens(rows[end]) <= options.microBatchTokens()) {
      tokens += wave.tokens(rows[end++]);
    }
    return end;
  }

  /** Reads out an exit and compacts the rows; returns how many go on. */
  private int decide(int exitLayer, int[] alive, int count, Exits exits) {
    int outputs = source.heads().get(exitLayer).weight().rows();
    float[] scores = new float[count * outputs];
    session.readExit(exitLayer, alive, count, scores);
    int survivors = 0;
    for (int i = 0; i < count; i++) {
      int row = alive[i];
      flops[row] += cost.head(outputs) + (outputs > labels ? POLICY_FLOPS : 0);
      readouts[row] = ExitReadout.of(exitLayer, scores, i, outputs, labels, readouts[row]);
      exits.scores(row, scores, i * outputs);
      if (!exits.leave(row, readouts[row])) {
        alive[survivors++] = row;
      }
    }
    return survivors;
  }
}
