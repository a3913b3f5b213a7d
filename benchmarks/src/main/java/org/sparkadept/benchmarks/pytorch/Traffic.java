package org.sparkadept.benchmarks.pytorch;

import org.sparkadept.decoder.model.ModelConfig;

/**
 * The least that a pass over the rows moves between the device and its memory, by a model, not a
 * measurement: every weight is read once; every matrix product reads its input and writes its
 * output once, products of the same input sharing it, and attention reads queries, keys and values
 * and writes its output once. Norms, activations and rotations are taken to be part of the products
 * beside them. A row that leaves at a layer runs it for its class token alone, keys and values of
 * all its tokens with it. Tokens are counted as if they stayed as long as their row.
 *
 * @param weights numbers of weights that are read
 * @param values numbers of hidden states, queries, keys, values and inner states read or written
 */
record Traffic(long weights, long values) {

  /**
   * @param config shape of the model
   * @param tokens {@code [rows]}: tokens of each row
   * @param exitLayers {@code [rows]}: layer after which each row leaves, counted from 1
   */
  static Traffic of(ModelConfig config, int[] tokens, int[] exitLayers) {
    long width = config.width();
    long query = config.queryWidth();
    long key = config.keyWidth();
    long inner = config.mlpWidth();
    long keyValue = width + 2 * key + 2 * key;
    long rest = query + 2 * query + (query + width) + (width + 2 * inner) + (inner + width);
    long values = 0;
    int deepest = 0;
    for (int row = 0; row < tokens.length; row++) {
      deepest = Math.max(deepest, exitLayers[row]);
      values += tokens[row] * width;
      values += exitLayers[row] * tokens[row] * keyValue;
      values += ((exitLayers[row] - 1L) * tokens[row] + 1) * rest;
    }
    long mlp = width * inner * (config.gatedMlp() ? 3 : 2);
    long layer = width * (2 * query + 2 * key) + mlp;
    return new Traffic(deepest * layer, values);
  }

  /** Bytes, where a weight and a value take so many. */
  long bytes(int weightBytes, int valueBytes) {
    return weights * weightBytes + values * valueBytes;
  }
}
