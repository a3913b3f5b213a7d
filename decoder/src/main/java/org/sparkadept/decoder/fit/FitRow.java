package org.sparkadept.decoder.fit;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.result.RowStates;

/**
 * One row as fitting sees it. What is computed from its states is kept, because every exit layer
 * that is fitted asks for the same layers above. Layers count from 1; the class token is the last.
 */
public final class FitRow {
  private final FitModel model;
  private final ModelConfig config;
  private final RowStates states;
  private final float[][][] plainStates;
  private final float[][][] keyValues;
  private final double[][] attention;

  /**
   * @param model the backbone
   * @param states its states of the row
   */
  public FitRow(FitModel model, RowStates states) {
    this.model = model;
    this.config = model.config();
    this.states = states;
    plainStates = new float[config.layers()][][];
    keyValues = new float[config.layers()][][];
    attention = new double[config.layers()][];
  }

  /** Number of tokens, the class token included. */
  int tokens() {
    return states.tokens();
  }

  /**
   * The states {@code [tokens, width]} before and after a layer: index {@code layer − 1, layer}.
   */
  float[][] states() {
    return states.states();
  }

  /**
   * What the hidden state mapper reads of each token: {@code n(h_layer)} {@code [tokens][width]}.
   */
  float[][] plainStates(int layer) {
    if (plainStates[layer - 1] == null) {
      float[][] plain = new float[tokens()][];
      for (int t = 0; t < plain.length; t++) {
        plain[t] = model.plainState(states, layer, t);
      }
      plainStates[layer - 1] = plain;
    }
    return plainStates[layer - 1];
  }

  /** {@code [k; v]} of each token in a layer, before head norm and rotary embedding. */
  float[][] keyValues(int layer) {
    if (keyValues[layer - 1] == null) {
      float[][] own = new float[tokens()][];
      for (int t = 0; t < own.length; t++) {
        own[t] = model.keyValue(states, layer, t);
      }
      keyValues[layer - 1] = own;
    }
    return keyValues[layer - 1];
  }

  /** A token's query in a layer, after head norm, before the rotary embedding. */
  float[] query(int layer, int token) {
    return model.query(states, layer, token);
  }

  /** Attention weight of the class token on each token in a layer, mean over heads; sums to 1. */
  double[] attention(int layer) {
    if (attention[layer - 1] == null) {
      attention[layer - 1] = attend(layer);
    }
    return attention[layer - 1];
  }

  private double[] attend(int layer) {
    int last = tokens() - 1;
    int window = config.slidingWindow()[layer - 1];
    int first = window > 0 ? Math.max(0, last - window + 1) : 0;
    float[] query = query(layer, last);
    model.rotate(query, last);
    float[][] keys = new float[tokens()][];
    for (int t = first; t <= last; t++) {
      keys[t] = model.key(keyValues(layer)[t], layer);
      model.rotate(keys[t], t);
    }
    double[] weights = new double[tokens()];
    int group = config.heads() / config.kvHeads();
    for (int head = 0; head < config.heads(); head++) {
      addHead(query, head, keys, head / group, first, weights);
    }
    return weights;
  }

  private void addHead(
      float[] query, int head, float[][] keys, int keyHead, int first, double[] weights) {
    int dim = config.headDim();
    double[] weight = new double[keys.length];
    double top = Double.NEGATIVE_INFINITY;
    for (int t = first; t < keys.length; t++) {
      double dot = 0;
      for (int i = 0; i < dim; i++) {
        dot += (double) query[head * dim + i] * keys[t][keyHead * dim + i];
      }
      weight[t] = dot / Math.sqrt(dim);
      top = Math.max(top, weight[t]);
    }
    double sum = 0;
    for (int t = first; t < keys.length; t++) {
      weight[t] = Math.exp(weight[t] - top);
      sum += weight[t];
    }
    for (int t = first; t < keys.length; t++) {
      weights[t] += weight[t] / sum / config.heads();
    }
  }
}
