package org.sparkadept.decoder.engine.classify;

import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.HeadScores;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * Takes rows through the layers, wave by wave ({@link WavePass}), and counts what they cost.
 * Thread-safe.
 */
public final class ClassifyEngine {
  /** Bytes of hidden states, keys and values that a wave may take. */
  private static final long WAVE_BYTES = 128L << 20;

  private final ClassifyPlan plan;
  private final int waveTokens;
  private final LayerPlan layers;
  private final RowCost cost;
  private final RowCost checkpointCost;
  private final ExitHead.Input[] fullDepthInputs;

  /**
   * @param plan how rows are classified
   * @param maxWaveTokens most tokens that the backend takes in a wave
   */
  public ClassifyEngine(ClassifyPlan plan, int maxWaveTokens) {
    this.plan = plan;
    long floats = plan.config().width() + 2L * plan.config().keyWidth();
    long fitting = WAVE_BYTES / Float.BYTES / floats;
    long wanted = Math.max(plan.microBatchTokens(), Math.min(plan.waveTokens(), fitting));
    waveTokens = (int) Math.min(maxWaveTokens, wanted);
    layers = LayerPlan.of(plan);
    cost = new RowCost(plan.config(), plan.layers());
    fullDepthInputs = plan.fullDepthInputs();
    checkpointCost = new RowCost(plan.config(), plan.checkpointLayers());
  }

  /**
   * Answers rows.
   *
   * @param session where they are computed
   * @param texts the tokenized rows; null elements and those with an error are skipped
   * @param probabilities whether the labels' probabilities are wanted
   * @param answers receives the answers, row by row
   */
  public void classify(
      PrefillSession session,
      TokenizedText[] texts,
      boolean probabilities,
      Classifications answers) {
    for (Wave wave : Wave.cut(texts, waveTokens)) {
      long start = System.nanoTime();
      WavePass pass = new WavePass(session, wave, plan, layers, cost);
      pass.run(
          (row, readout, scores) -> {
            boolean exits = exits(readout);
            if (exits) {
              answer(answers, wave.rows()[row], readout, probabilities ? scores : null);
            }
            return exits;
          });
      long flops = 0;
      long fullDepth = 0;
      long checkpoint = 0;
      for (int row = 0; row < wave.size(); row++) {
        int tokens = wave.tokens().length(row);
        long whole = fullDepth(tokens);
        answers.cost(wave.rows()[row], pass.flops()[row], whole);
        flops += pass.flops()[row];
        fullDepth += whole;
        checkpoint += checkpointCost.fullDepth(tokens, plan.labels(), ExitHead.Input.CLASS_TOKEN);
      }
      long nanos = System.nanoTime() - start;
      answers.addStatistics(
          new DecoderStatistics(0, nanos, flops, pass.sharedFlops(), fullDepth, checkpoint));
    }
  }

  private long fullDepth(int tokens) {
    return cost.fullDepth(tokens, plan.labels(), fullDepthInputs);
  }

  /**
   * @param scores to keep the labels' probabilities; null if they are not wanted
   */
  private static void answer(
      Classifications answers, int row, ExitReadout readout, HeadScores scores) {
    if (Float.isNaN(readout.probability())) {
      answers.fail(
          row,
          "the model's scores after layer "
              + readout.layer()
              + " are not finite; its weights may be damaged, or its numbers too large for the"
              + " precision");
      return;
    }
    answers.answer(row, readout);
    if (scores != null) {
      answers.probabilities(row, scores.probabilities());
    }
  }

  /**
   * Takes rows through every exit, whatever the policy says of them; tokens exit as planned.
   *
   * @param session where they are computed
   * @param texts the tokenized rows; null elements and those with an error are skipped
   * @param probabilities whether the labels' probabilities are wanted
   * @param traces receives what is found, row by row
   */
  public void trace(
      PrefillSession session, TokenizedText[] texts, boolean probabilities, ExitTrace[] traces) {
    int exits = layers.exitCount();
    for (Wave wave : Wave.cut(texts, waveTokens)) {
      for (int row = 0; row < wave.size(); row++) {
        int tokens = wave.tokens().length(row);
        long whole = fullDepth(tokens);
        traces[wave.rows()[row]] = ExitTrace.of(tokens, exits, whole, probabilities);
      }
      int[] passed = new int[wave.size()];
      WavePass pass = new WavePass(session, wave, plan, layers, cost);
      pass.run(
          (row, readout, scores) -> {
            ExitTrace trace = traces[wave.rows()[row]];
            int exit = passed[row]++;
            trace.readouts()[exit] = readout;
            trace.preferences()[exit] = isLast(readout) ? Float.NaN : plan.policy().value(readout);
            trace.decisions()[exit] = exits(readout);
            trace.flops()[exit] = pass.flops()[row];
            if (probabilities) {
              trace.probabilities()[exit] = scores.probabilities();
            }
            return isLast(readout);
          });
      for (int row = 0; row < wave.size(); row++) {
        int[] exitLayers = traces[wave.rows()[row]].tokenExits();
        int from = wave.tokens().start(row);
        System.arraycopy(pass.tokenExits(), from, exitLayers, 0, exitLayers.length);
      }
    }
  }

  private boolean isLast(ExitReadout readout) {
    return readout.layer() == layers.layers();
  }

  private boolean exits(ExitReadout readout) {
    return isLast(readout) || plan.policy().exits(readout);
  }
}
