package org.sparkadept.decoder;

import java.io.Serializable;
import java.util.function.Consumer;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.prompt.LongRows;

/**
 * How a {@link Classifier} answers. None of it concerns the weights, so classifiers with different
 * options share a {@link LoadedModel}.
 *
 * @param policy exit policy of rows
 * @param threshold exit threshold τ of the policy in (0, 1], larger is stricter; NaN means what
 *     {@code adept.json} says
 * @param tokenExit when tokens other than the class token exit; without effect where the policy is
 *     {@code none}
 * @param maxTokens longest row in tokens, special tokens included; 0 means the smaller of {@value
 *     #DEFAULT_MAX_TOKENS} and the model's positions
 * @param longRows what becomes of longer rows
 * @param classTokenFirst whether the class token runs an exit layer before the other tokens of its
 *     row, which then run it only where the row goes on; changes no answer
 * @param mergeSurvivors whether rows that go on are packed together anew, so that deep layers run
 *     on full micro-batches, too; changes no answer
 * @param microBatchTokens tokens that run through a segment of layers together
 * @param waveTokens tokens that are alive at once in a session; survivors are merged within a wave
 * @param minScore least score of an answer in [0, 1]; rows below it are left without a label; NaN
 *     means what {@code adept.json} says
 */
public record ClassifierOptions(
    PolicyKind policy,
    float threshold,
    TokenExitKind tokenExit,
    int maxTokens,
    LongRows longRows,
    boolean classTokenFirst,
    boolean mergeSurvivors,
    int microBatchTokens,
    int waveTokens,
    float minScore)
    implements Serializable {

  /** Default bound on the tokens of a row. */
  public static final int DEFAULT_MAX_TOKENS = 512;

  private static final long serialVersionUID = 2L;

  /**
   * @throws AdeptException if a value is out of its range
   */
  public ClassifierOptions {
    require(
        Float.isNaN(threshold) || (threshold > 0 && threshold <= 1),
        "threshold must lie in (0, 1]",
        threshold);
    require(maxTokens >= 0, "maxTokens must be 0 (the model's own bound) or positive", maxTokens);
    require(microBatchTokens > 0, "microBatchTokens must be positive", microBatchTokens);
    require(
        waveTokens >= microBatchTokens,
        "waveTokens must not be smaller than microBatchTokens (" + microBatchTokens + ")",
        waveTokens);
    require(
        Float.isNaN(minScore) || (minScore >= 0 && minScore <= 1),
        "minScore must lie in [0, 1]",
        minScore);
  }

  private static void require(boolean holds, String rule, Object found) {
    if (!holds) {
      throw new AdeptException(rule + ", but is " + found + ".");
    }
  }

  /** What the model directory says. */
  public static ClassifierOptions defaults() {
    return new ClassifierOptions(
        PolicyKind.MODEL,
        Float.NaN,
        TokenExitKind.MODEL,
        0,
        LongRows.CUT,
        true,
        true,
        2048,
        65536,
        Float.NaN);
  }

  /** The same with another exit policy and threshold; NaN keeps the model's threshold. */
  public ClassifierOptions withPolicy(PolicyKind kind, float tau) {
    return with(
        draft -> {
          draft.policy = kind;
          draft.threshold = tau;
        });
  }

  /** The same at full depth. */
  public ClassifierOptions atFullDepth() {
    return withPolicy(PolicyKind.NONE, Float.NaN);
  }

  /** The same with another token exit. */
  public ClassifierOptions withTokenExit(TokenExitKind kind) {
    return with(draft -> draft.tokenExit = kind);
  }

  /** The same with another bound on the tokens of a row. */
  public ClassifierOptions withMaxTokens(int value) {
    return with(draft -> draft.maxTokens = value);
  }

  /** The same with another way to take rows that are longer than the bound. */
  public ClassifierOptions withLongRows(LongRows value) {
    return with(draft -> draft.longRows = value);
  }

  /** The same with the class token first, or all tokens together. */
  public ClassifierOptions withClassTokenFirst(boolean value) {
    return with(draft -> draft.classTokenFirst = value);
  }

  /** The same with survivors merged, or each micro-batch on its own to the end. */
  public ClassifierOptions withMergeSurvivors(boolean value) {
    return with(draft -> draft.mergeSurvivors = value);
  }

  /** The same with other batch bounds, in tokens. */
  public ClassifierOptions withBatching(int microBatch, int wave) {
    return with(
        draft -> {
          draft.microBatchTokens = microBatch;
          draft.waveTokens = wave;
        });
  }

  /** The same with another least score of an answer; NaN keeps the model's. */
  public ClassifierOptions withMinScore(float value) {
    return with(draft -> draft.minScore = value);
  }

  /**
   * The least score of an answer.
   *
   * @param ofModel what {@code adept.json} says, which holds unless these options say otherwise
   */
  public float minScoreOr(float ofModel) {
    return Float.isNaN(minScore) ? ofModel : minScore;
  }

  private ClassifierOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** The options while one is changed. */
  private static final class Draft {
    private PolicyKind policy;
    private float threshold;
    private TokenExitKind tokenExit;
    private int maxTokens;
    private LongRows longRows;
    private boolean classTokenFirst;
    private boolean mergeSurvivors;
    private int microBatchTokens;
    private int waveTokens;
    private float minScore;

    Draft(ClassifierOptions options) {
      policy = options.policy;
      threshold = options.threshold;
      tokenExit = options.tokenExit;
      maxTokens = options.maxTokens;
      longRows = options.longRows;
      classTokenFirst = options.classTokenFirst;
      mergeSurvivors = options.mergeSurvivors;
      microBatchTokens = options.microBatchTokens;
      waveTokens = options.waveTokens;
      minScore = options.minScore;
    }

    ClassifierOptions options() {
      return new ClassifierOptions(
          policy,
          threshold,
          tokenExit,
          maxTokens,
          longRows,
          classTokenFirst,
          mergeSurvivors,
          microBatchTokens,
          waveTokens,
          minScore);
    }
  }
}
