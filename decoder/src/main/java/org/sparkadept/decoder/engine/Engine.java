package org.sparkadept.decoder.engine;

import java.util.SortedSet;
import org.sparkadept.decoder.Classifications;
import org.sparkadept.decoder.DecoderStatistics;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.ExitReadout;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * Takes rows through the layers, wave by wave. Between two exits the rows still alive are packed
 * into full micro-batches anew, so survivors of different micro-batches are merged and deep layers
 * run on full batches, too.
 */
public final class Engine {
  /** Bytes of hidden states that a wave may take. */
  private static final long WAVE_BYTES = 128L << 20;

  private final ExitPolicy policy;
  private final int[] stops;
  private final int layers;
  private final int labels;
  private final int microBatchTokens;
  private final int waveTokens;
  private final LayerCost cost;

  /**
   * @param config the model
   * @param exitLayers the exit layers, counted from 1; the last is the model's last layer
   * @param labels number of labels
   * @param policy when a row leaves
   * @param microBatchTokens tokens that run through a segment together
   * @param waveTokens tokens that are alive at once
   */
  public Engine(
      ModelConfig config,
      SortedSet<Integer> exitLayers,
      int labels,
      ExitPolicy policy,
      int microBatchTokens,
      int waveTokens) {
    this.policy = policy;
    this.labels = labels;
    this.microBatchTokens = microBatchTokens;
    layers = config.layers();
    long fitting = WAVE_BYTES / Float.BYTES / config.width();
    this.waveTokens = (int) Math.max(microBatchTokens, Math.min(waveTokens, fitting));
    stops =
        policy.early()
            ? exitLayers.stream().mapToInt(Integer::intValue).toArray()
            : new int[] {layers};
    cost = new LayerCost(config, labels);
  }

  /**
   * Answers rows.
   *
   * @param session where they are computed
   * @param texts the tokenized rows; null elements and those with an error are passed over
   * @param answers receives the answers, row by row
   */
  public void classify(ComputeSession session, TokenizedText[] texts, Classifications answers) {
    for (Wave wave : Wave.cut(texts, waveTokens)) {
      classify(session, wave, answers);
    }
  }

  private void classify(ComputeSession session, Wave wave, Classifications answers) {
    long start = System.nanoTime();
    long flops = 0;
    long fullDepth = 0;
    session.begin(wave.tokenIds(), wave.rowStarts());
    int[] alive = new int[wave.size()];
    for (int row = 0; row < alive.length; row++) {
      alive[row] = row;
      fullDepth += cost.layers(0, layers, wave.tokens(row)) + cost.head();
    }
    int count = alive.length;
    float[] logits = new float[count * labels];
    int from = 0;
    for (int stop : stops) {
      runSegment(session, wave, from, stop, alive, count);
      session.readExit(stop, alive, count, logits);
      int survivors = 0;
      for (int i = 0; i < count; i++) {
        int row = alive[i];
        flops += cost.layers(from, stop, wave.tokens(row)) + cost.head();
        ExitReadout readout = ExitReadout.of(stop, logits, i, labels);
        if (stop == layers || policy.exits(readout)) {
          answer(answers, wave.rows()[row], readout);
        } else {
          alive[survivors++] = row;
        }
      }
      count = survivors;
      from = stop;
      if (count == 0) {
        break;
      }
    }
    long nanos = System.nanoTime() - start;
    answers.addStatistics(new DecoderStatistics(0, nanos, flops, fullDepth));
  }

  /** Packs the rows alive into micro-batches and runs each through layers {@code from .. to}. */
  private void runSegment(
      ComputeSession session, Wave wave, int from, int to, int[] alive, int count) {
    int first = 0;
    while (first < count) {
      int end = first + 1;
      int tokens = wave.tokens(alive[first]);
      while (end < count && tokens + wave.tokens(alive[end]) <= microBatchTokens) {
        tokens += wave.tokens(alive[end++]);
      }
      session.run(from, to, alive, first, end);
      first = end;
    }
  }

  private static void answer(Classifications answers, int row, ExitReadout readout) {
    if (Float.isNaN(readout.probability())) {
      answers.fail(
          row,
          "the model's scores after layer "
              + readout.layer()
              + " are not finite; its weights may be damaged");
    } else {
      answers.answer(row, readout.label(), readout.probability(), readout.layer());
    }
  }
}
