package org.sparkadept.decoder.engine;

import org.sparkadept.decoder.model.ModelConfig;

/**
 * Floating-point operations of the matrix products, a multiply and an add being two. Norms,
 * activations and softmax, which are not products, are left out.
 */
final class LayerCost {
  private final ModelConfig config;
  private final long projectionsPerToken;
  private final long headPerRow;

  LayerCost(ModelConfig config, int labels) {
    this.config = config;
    long width = config.width();
    long attention = width * (2L * config.queryWidth() + 2L * config.keyWidth());
    long mlp = width * config.mlpWidth() * (config.gatedMlp() ? 3 : 2);
    projectionsPerToken = 2 * (attention + mlp);
    headPerRow = 2 * width * labels;
  }

  /** All tokens of a row of {@code tokens} through layers {@code first .. end - 1} (from 0). */
  long layers(int first, int end, int tokens) {
    long sum = 0;
    for (int layer = first; layer < end; layer++) {
      sum += tokens * projectionsPerToken;
      sum += 4L * config.queryWidth() * pairs(tokens, config.slidingWindow()[layer]);
    }
    return sum;
  }

  /** One read-out of one exit head for one row. */
  long head() {
    return headPerRow;
  }

  /** Pairs of a query and a key that it may see. */
  private static long pairs(long tokens, int window) {
    long full = window > 0 ? Math.min(tokens, window) : tokens;
    return full * (full + 1) / 2 + (tokens - full) * full;
  }
}
