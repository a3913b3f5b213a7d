package org.sparkadept.training.optimize;

/**
 * How weights are fitted.
 *
 * @param seed seeds order of rows, token dropping, dropout and LoRA's matrices
 * @param epochs passes over the rows
 * @param batchRows most rows of a step
 * @param batchTokens most tokens of a step, padding counted; a longer row is a step of its own
 * @param learningRate peak learning rate of the backbone
 * @param headLearningRate peak learning rate of the exit heads
 * @param warmup share of the run in which learning rates rise linearly
 * @param weightDecay decoupled weight decay of matrices
 * @param gradientNorm gradients of a larger global norm are scaled down to it
 * @param dropout share of embedding and residual entries that are zeroed
 * @param tokenDrop chance that a token of a row, but the class token, is left out
 */
public record Optimization(
    long seed,
    int epochs,
    int batchRows,
    int batchTokens,
    double learningRate,
    double headLearningRate,
    double warmup,
    double weightDecay,
    double gradientNorm,
    double dropout,
    double tokenDrop) {
  private static final double LAST_SHARE = 0.01;

  /** What a pretrained backbone is tuned with. */
  public static Optimization defaults() {
    return new Optimization(17, 5, 32, 4096, 2e-4, 5e-3, 0.1, 0.01, 1, 0, 0);
  }

  /** The same with another number of passes over the rows. */
  public Optimization withEpochs(int value) {
    return new Optimization(
        seed,
        value,
        batchRows,
        batchTokens,
        learningRate,
        headLearningRate,
        warmup,
        weightDecay,
        gradientNorm,
        dropout,
        tokenDrop);
  }

  /** The same with another bound on the tokens of a step. */
  public Optimization withBatchTokens(int value) {
    return new Optimization(
        seed,
        epochs,
        batchRows,
        value,
        learningRate,
        headLearningRate,
        warmup,
        weightDecay,
        gradientNorm,
        dropout,
        tokenDrop);
  }

  /** The same with another peak learning rate of the backbone. */
  public Optimization withLearningRate(double value) {
    return new Optimization(
        seed,
        epochs,
        batchRows,
        batchTokens,
        value,
        headLearningRate,
        warmup,
        weightDecay,
        gradientNorm,
        dropout,
        tokenDrop);
  }

  /**
   * What learning rates are multiplied by at a point of the run, in [0, 1]: linear rise, then half
   * a cosine down to a hundredth.
   */
  public double rateAt(double progress) {
    if (progress < warmup) {
      return progress / warmup;
    }
    double fall = Math.min(1, (progress - warmup) / (1 - warmup));
    return LAST_SHARE + (1 - LAST_SHARE) * 0.5 * (1 + Math.cos(Math.PI * fall));
  }
}
