package org.sparkadept.training.optimize;

/**
 * Everything that decides how weights are fitted, besides data and model shape.
 *
 * @param seed seeds initial weights, order of rows, token dropping and dropout
 * @param epochs passes over the training rows
 * @param batchRows rows of a step
 * @param learningRate peak learning rate
 * @param warmup share of the run in which the learning rate rises linearly
 * @param weightDecay decoupled weight decay of matrices
 * @param dropout share of embedding and residual entries that are zeroed
 * @param tokenDrop chance that a token of a training row is left out
 * @param labelSmoothing share of the target spread evenly over all labels
 * @param languageWeight weight of the next-token loss at the start
 * @param languageUntil share of the run at which that weight has fallen linearly to 0
 * @param languageShare share of positions the next-token loss is computed on
 * @param gradientNorm gradients of a larger global norm are scaled down to it
 * @param averageDecay decay of the exponential moving average of the weights, a step
 */
public record Hyperparameters(
    long seed,
    int epochs,
    int batchRows,
    double learningRate,
    double warmup,
    double weightDecay,
    double dropout,
    double tokenDrop,
    double labelSmoothing,
    double languageWeight,
    double languageUntil,
    double languageShare,
    double gradientNorm,
    double averageDecay) {

  /** Learning rate at a point of the run: linear rise, then half a cosine down to a hundredth. */
  double learningRateAt(double progress) {
    if (progress < warmup) {
      return learningRate * progress / warmup;
    }
    double fall = (progress - warmup) / (1 - warmup);
    return learningRate * (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, fall))));
  }

  /** Weight of the next-token loss at a point of the run. */
  double languageWeightAt(double progress) {
    return Math.max(0, languageWeight * (1 - progress / languageUntil));
  }
}
