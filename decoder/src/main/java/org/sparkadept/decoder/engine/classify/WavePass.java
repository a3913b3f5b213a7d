package org.sparkadept.decoder.engine.classify;

import java.util.Arrays;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.HeadScores;
import org.sparkadept.decoder.exit.LogitMean;
import org.sparkadept.decoder.result.ExitReadout;

/**
 * One wave through the layers. After each exit the rows still alive are packed into full
 * micro-batches anew, so survivors of different micro-batches are merged and deep layers run on
 * full batches, too.
 */
final class WavePass {
  /** Decides whether rows exit. */
  @FunctionalInterface
  interface Exits {
    /**
     * @param row row of the wave
     * @param readout what the exit says of it
     * @param scores the exit's scores; valid during the call only
     * @return whether the row exits
     */
    boolean exits(int row, ExitReadout readout, HeadScores scores);
  }

  private final PrefillSession session;
  private final TokenRows tokens;
  private final ClassifyPlan plan;
  private final LayerPlan layers;
  private final RowCost cost;
  private final long[] flops;
  private final int[] tokenExits;
  private final ExitReadout[] readouts;

  /** Of the rows that go on; null without an ensemble. */
  private final LogitMean[] means;

  private long sharedFlops;

  WavePass(PrefillSession session, Wave wave, ClassifyPlan plan, LayerPlan layers, RowCost cost) {
    this.session = session;
    this.tokens = wave.tokens();
    this.plan = plan;
    this.layers = layers;
    this.cost = cost;
    flops = new long[wave.size()];
    tokenExits = new int[tokens.tokens()];
    readouts = new ExitReadout[wave.size()];
    means = plan.ensemble() ? new LogitMean[wave.size()] : null;
    if (plan.ensemble()) {
      Arrays.setAll(means, row -> new LogitMean());
    }
  }

  /** Floating-point operations of each row, as if it were alone. */
  long[] flops() {
    return flops;
  }

  /** How many of them did not run, because rows shared what was computed once. */
  long sharedFlops() {
    return sharedFlops;
  }

  /** How many layers each token of the wave went through before it exited; 0 where it did not. */
  int[] tokenExits() {
    return tokenExits;
  }

  /** Runs the wave until all rows have exited. */
  void run(Exits exits) {
    session.begin(tokens, plan.tokenExits());
    int[] rows = new int[tokens.size()];
    Arrays.setAll(rows, row -> row);
    int first = 0;
    while (first < rows.length) {
      int end = plan.mergeSurvivors() ? rows.length : microBatch(rows, first, rows.length);
      advance(Arrays.copyOfRange(rows, first, end), exits);
      first = end;
    }
    sharedFlops = cost.keyValue() * session.sharedTokens();
    session.end();
  }

  private void advance(int[] alive, Exits exits) {
    int count = alive.length;
    int layer = 0;
    while (count > 0 && layer < layers.layers()) {
      int end = layers.split()[layer] ? layer + 1 : layers.segmentEnd(layer);
      boolean isRead = false;
      if (layers.averages()[layer]) {
        session.averageTokens(RowSet.first(alive, count));
      }
      if (layers.split()[layer]) {
        runClassTokens(layer, alive, count);
        isRead = layers.reads()[layer] && (plan.classTokenFirst() || end == layers.layers());
        count = isRead ? readOut(layer, alive, count, exits) : count;
        runOtherTokens(layer, alive, count);
      } else {
        runWhole(layer, end, alive, count);
      }
      if (layers.reads()[end - 1] && !isRead) {
        count = readOut(end - 1, alive, count, exits);
      }
      layer = end;
    }
  }

  /** As many rows at once as a micro-batch has tokens. */
  private void runClassTokens(int layer, int[] alive, int count) {
    int most = plan.microBatchTokens();
    for (int first = 0; first < count; first += most) {
      session.runClassTokens(layer, new RowSet(alive, first, Math.min(count, first + most)));
    }
    for (int i = 0; i < count; i++) {
      flops[alive[i]] += cost.classToken(layer, tokens.length(alive[i]));
    }
  }

  /** Tokens other than the class token, of the rows that still have some, in micro-batches. */
  private void runOtherTokens(int layer, int[] alive, int count) {
    int[] rows = new int[count];
    int waiting = 0;
    int batched = 0;
    for (int i = 0; i < count; i++) {
      int others = countOthers(layer, alive[i]);
      if (others == 0) {
        continue;
      }
      if (waiting > 0 && batched + others > plan.microBatchTokens()) {
        flush(layer, rows, waiting);
        waiting = 0;
        batched = 0;
      }
      rows[waiting++] = alive[i];
      batched += others;
    }
    flush(layer, rows, waiting);
  }

  private void flush(int layer, int[] rows, int count) {
    if (count > 0) {
      session.runOtherTokens(layer, RowSet.first(rows, count));
      if (layers.tokenExits()[layer]) {
        session.exitTokens(layer, RowSet.first(rows, count), tokenExits);
      }
    }
  }

  /** How many tokens other than the class token a row still has; counts what they cost. */
  private int countOthers(int layer, int row) {
    int start = tokens.start(row);
    int others = 0;
    for (int t = start; t < tokens.classToken(row); t++) {
      if (tokenExits[t] == 0) {
        others++;
        flops[row] += cost.otherToken(layer, t - start);
        flops[row] += layers.tokenExits()[layer] ? cost.tokenPolicy() : 0;
      }
    }
    return others;
  }

  private void runWhole(int from, int to, int[] alive, int count) {
    int first = 0;
    while (first < count) {
      int end = microBatch(alive, first, count);
      session.run(from, to, new RowSet(alive, first, end));
      first = end;
    }
    for (int i = 0; i < count; i++) {
      for (int layer = from; layer < to; layer++) {
        flops[alive[i]] += cost.whole(layer, tokens.length(alive[i]));
      }
    }
  }

  /** One more than the index of the last row that still fits; a longer row is alone. */
  private int microBatch(int[] rows, int first, int count) {
    int end = first + 1;
    int batched = tokens.length(rows[first]);
    while (end < count && batched + tokens.length(rows[end]) <= plan.microBatchTokens()) {
      batched += tokens.length(rows[end++]);
    }
    return end;
  }

  /** Reads out the head of a layer; rows that exit there are taken out. Returns how many go on. */
  private int readOut(int layer, int[] alive, int count, Exits exits) {
    ExitHead head = plan.heads().get(layer);
    int outputs = head.outputs();
    int labels = plan.labels();
    float[] scores = new float[count * outputs];
    session.readExit(head, RowSet.first(alive, count), scores);
    int survivors = 0;
    for (int i = 0; i < count; i++) {
      int row = alive[i];
      if (means != null) {
        means[row].next(scores, i * outputs, labels);
      }
      flops[row] += cost.head(head.input(), outputs, tokens.length(row));
      if (!layers.exits()[layer]) {
        alive[survivors++] = row;
        continue;
      }
      flops[row] += 2L * plan.policy().features(layer);
      HeadScores of = new HeadScores(scores, i * outputs, labels, outputs, plan.rule());
      readouts[row] = of.readout(layer + 1, readouts[row]);
      if (!exits.exits(row, readouts[row], of)) {
        alive[survivors++] = row;
      } else if (means != null) {
        means[row] = null;
      }
    }
    return survivors;
  }
}
