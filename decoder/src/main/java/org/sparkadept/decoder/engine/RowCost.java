package org.sparkadept.decoder.engine;

import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * Floating-point operations of the matrix products for one row, a multiply and an add being two.
 * Norms, activations, softmax and the rotary embedding, which are not products, are left out.
 * Layers count from 0.
 */
public final class RowCost {
  private final ModelConfig config;
  private final int layers;
  private final long keyValue;
  private final long rest;
  private final long features;

  /**
   * @param config the shape of a model
   * @param layers how many of its layers run at full depth
   */
  public RowCost(ModelConfig config, int layers) {
    this.config = config;
    this.layers = layers;
    long width = config.width();
    keyValue = 2 * width * 2 * config.keyWidth();
    long mlp = width * config.mlpWidth() * (config.gatedMlp() ? 3 : 2);
    rest = 2 * (2 * width * config.queryWidth() + mlp);
    features = 2 * (3 * width + config.queryWidth() + 2L * config.keyWidth() + TokenFeatures.COUNT);
  }

  /** Keys and values of one token in a layer. */
  public long keyValue() {
    return keyValue;
  }

  /** All tokens of a row of {@code tokens} through a layer. */
  public long whole(int layer, int tokens) {
    return tokens * (keyValue + rest) + attention(pairs(tokens, window(layer)));
  }

  /**
   * The class token through a layer, keys and values of all tokens with it. The hidden state mapper
   * costs what the layer's own projection does.
   */
  public long classToken(int layer, int tokens) {
    return tokens * keyValue + rest + attention(visible(layer, tokens - 1));
  }

  /** One other token, at {@code position} of its row, through a layer. */
  public long otherToken(int layer, int position) {
    return rest + attention(visible(layer, position));
  }

  /** The token policy for one token. */
  public long tokenPolicy() {
    return features;
  }

  /** One read-out of an exit head. */
  public long head(int outputs) {
    return 2L * config.width() * outputs;
  }

  /** A row at full depth: the last layer for the class token alone, one head. */
  public long fullDepth(int tokens, int outputs) {
    long sum = head(outputs);
    for (int layer = 0; layer < layers - 1; layer++) {
      sum += whole(layer, tokens);
    }
    return sum + classToken(layers - 1, tokens);
  }

  /** Scores and mixing: two products of headDim for each head and pair. */
  private long attention(long pairs) {
    return 4L * config.queryWidth() * pairs;
  }

  private int window(int layer) {
    return config.slidingWindow()[layer];
  }

  /** Keys that a query sees. */
  private long visible(int layer, int position) {
    int window = window(layer);
    return window > 0 ? Math.min(position + 1, window) : position + 1;
  }

  /** Pairs of a query and a key that it may see. */
  private static long pairs(long tokens, int window) {
    long full = window > 0 ? Math.min(tokens, window) : tokens;
    return full * (full + 1) / 2 + (tokens - full) * full;
  }
}
