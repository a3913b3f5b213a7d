package org.sparkadept.decoder.engine;

import java.util.List;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * Takes rows through the layers, wave by wave; see {@link Passage} for one wave. Keeps the
 * accounts.
 */
public final class Engine {
  /** Bytes of hidden states, keys and values that a wave may take. */
  private static final long WAVE_BYTES = 128L << 20;

  private final ModelSource source;
  private final ExitPolicy policy;
  private final DecoderOptions options;
  private final int labels;
  private final int waveTokens;
  private final LayerPlan plan;
  private final RowCost cost;

  /**
   * @param source the model
   * @param policy when a row leaves
   * @param options batch bounds and exit settings
   * @param mostWaveTokens most tokens that the backend takes in a wave
   */
  public Engine(ModelSource source, ExitPolicy policy, DecoderOptions options, int mostWaveTokens) {
    this.source = source;
    this.policy = policy;
    this.options = options;
    labels = source.heads().get(source.config().layers()).weight().rows();
    long floats = source.config().width() + 2L * source.config().keyWidth();
    long fitting = WAVE_BYTES / Float.BYTES / floats;
    long wanted = Math.max(options.microBatchTokens(), Math.min(options.waveTokens(), fitting));
    waveTokens = (int) Math.min(mostWaveTokens, wanted);
    plan = LayerPlan.of(source, policy, options.exit().classTokenFirst());
    cost = new RowCost(source.config());
  }

  /**
   * Answers rows.
   *
   * @param session where they are computed
   * @param texts the tokenized rows; null elements and those with an error are passed over
   * @param probabilities whether the labels' probabilities are wanted
   * @param answers receives the answers, row by row
   */
  public void classify(
      ComputeSession session,
      TokenizedText[] texts,
      boolean probabilities,
      Classifications answers) {
    for (Wave wave : Wave.cut(texts, waveTokens)) {
      long start = System.nanoTime();
      Passage passage = passage(session, wave);
      passage.run(new Answering(wave, probabilities, answers));
      long flops = 0;
      long fullDepth = 0;
      for (int row = 0; row < wave.size(); row++) {
        long whole = cost.fullDepth(wave.tokens(row), labels);
        answers.cost(wave.rows()[row], passage.flops()[row], whole);
        flops += passage.flops()[row];
        fullDepth += whole;
      }
      long nanos = System.nanoTime() - start;
      answers.addStatistics(
          new DecoderStatistics(0, nanos, flops, passage.sharedFlops(), fullDepth));
    }
  }

  /**
   * Takes rows through every exit, whatever the policy says of it; token exits are those of the
   * model.
   *
   * @param session where they are computed
   * @param texts the tokenized rows; null elements and those with an error are passed over
   * @param probabilities whether the labels' probabilities are wanted
   * @param traces receives what is found, row by row
   */
  public void trace(
      ComputeSession session, TokenizedText[] texts, boolean probabilities, ExitTrace[] traces) {
    int exits = 0;
    for (boolean exit : plan.exits()) {
      exits += exit ? 1 : 0;
    }
    for (Wave wave : Wave.cut(texts, waveTokens)) {
      Passage passage = passage(session, wave);
      Tracing tracing =
          new Tracing(passage, policy, wave.size(), exits, plan.layers(), labels, probabilities);
      passage.run(tracing);
      for (int row = 0; row < wave.size(); row++) {
        long whole = cost.fullDepth(wave.tokens(row), labels);
        traces[wave.rows()[row]] = tracing.trace(row, wave.tokens(row), whole);
      }
    }
  }

  /**
   * Follows one row through all layers, past the exit where it is answered.
   *
   * @param session where it is computed
   * @param text the tokenized row
   * @param readouts receives what each exit says
   * @return the layer, counted from 1, after which each token left; 0 for those that stayed
   */
  public int[] follow(ComputeSession session, TokenizedText text, List<ExitReadout> readouts) {
    Wave wave = Wave.cut(new TokenizedText[] {text}, text.ids().length).get(0);
    Passage passage = passage(session, wave);
    passage.run(
        (row, readout) -> {
          readouts.add(readout);
          return readout.layer() == plan.layers();
        });
    return passage.tokenExits();
  }

  /** Whether a row leaves with this read-out. */
  public boolean leaves(ExitReadout readout) {
    return readout.layer() == plan.layers() || policy.exits(readout);
  }

  private Passage passage(ComputeSession session, Wave wave) {
    return new Passage(session, wave, source, plan, cost, options);
  }

  /** Lets rows leave as the policy says, each with its answer. */
  private final class Answering implements Passage.Exits {
    private final Wave wave;
    private final boolean probabilities;
    private final Classifications answers;
    private float[] scores;
    private int from;

    Answering(Wave wave, boolean probabilities, Classifications answers) {
      this.wave = wave;
      this.probabilities = probabilities;
      this.answers = answers;
    }

    @Override
    public void scores(int row, float[] logits, int start) {
      scores = logits;
      from = start;
    }

    @Override
    public boolean leave(int row, ExitReadout readout) {
      if (!leaves(readout)) {
        return false;
      }
      answer(wave.rows()[row], readout);
      return true;
    }

    private void answer(int row, ExitReadout readout) {
      if (Float.isNaN(readout.probability())) {
        answers.fail(
            row,
            "the model's scores after layer "
                + readout.layer()
                + " are not finite; its weights may be damaged, or its numbers too large for the"
                + " precision");
        return;
      }
      answers.answer(row, readout.label(), readout.probability(), readout.layer());
      if (probabilities) {
        answers.probabilities(row, ExitReadout.probabilities(scores, from, labels));
      }
    }
  }
}
