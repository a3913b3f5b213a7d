package org.sparkadept.decoder.engine;

import org.sparkadept.decoder.exit.ExitHead;
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
   * @param layers how many of its layers run at full depth; may be more than the model has, for the
   *     checkpoint that it was cut from: these are taken to be like its last one
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

  /** One read-out of an exit head of a row: its product, and the mean where it reads that. */
  public long head(ExitHead.Input input, int outputs, int tokens) {
    long mean = input == ExitHead.Input.CLASS_TOKEN ? 0 : 2L * config.width() * (tokens - 1);
    return mean + 2L * input.size(config.width()) * outputs;
  }

  /** What an answer at the last of some exits reads of their heads: all in an ensemble. */
  public static ExitHead.Input[] headsRead(boolean ensemble, ExitHead.Input... heads) {
    return ensemble ? heads : new ExitHead.Input[] {heads[heads.length - 1]};
  }

  /**
   * A row at full depth: the last layer for the class token alone, and the heads that are read.
   *
   * @param outputs what each head scores
   * @param inputs what each head reads
   */
  public long fullDepth(int tokens, int outputs, ExitHead.Input... inputs) {
    long flops = layers(tokens);
    for (ExitHead.Input input : inputs) {
      flops += head(input, outputs, tokens);
    }
    return flops;
  }

  /**
   * A row that leaves at each of some exits, the class token first, while no token has left: with
   * the heads of the exits up to there, and without a policy.
   *
   * @param exitLayers ascending
   * @param inputs what the head of each reads
   * @param outputs what each head scores
   */
  public long[] exits(int tokens, int[] exitLayers, ExitHead.Input[] inputs, int outputs) {
    long[] flops = new long[exitLayers.length];
    long below = 0;
    long heads = 0;
    int layer = 0;
    for (int exit = 0; exit < flops.length; exit++) {
      for (; layer < exitLayers[exit]; layer++) {
        below += whole(layer, tokens);
      }
      heads += head(inputs[exit], outputs, tokens);
      flops[exit] = below + classToken(layer, tokens) + heads;
    }
    return flops;
  }

  /** The layers of {@link #fullDepth}, without a head. */
  private long layers(int tokens) {
    long sum = classToken(layers - 1, tokens);
    for (int layer = 0; layer < layers - 1; layer++) {
      sum += whole(layer, tokens);
    }
    return sum;
  }

  /** Scores and mixing: two products of headDim for each head and pair. */
  private long attention(long pairs) {
    return 4L * config.queryWidth() * pairs;
  }

  private int window(int layer) {
    return config.slidingWindow(Math.min(layer, config.layers() - 1));
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
