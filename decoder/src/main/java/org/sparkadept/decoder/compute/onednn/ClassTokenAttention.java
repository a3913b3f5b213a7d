package org.sparkadept.decoder.compute.onednn;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Attention of one query a row, the class token's, {@code softmax(q·Kᵀ / sqrt(headDim))·V} for all
 * heads. In plain Java: it is a few thousand multiplications, less than what calls of native
 * primitives cost.
 */
final class ClassTokenAttention {
  private final int heads;
  private final int headDim;
  private final int shared;
  private final int keyWidth;
  private final float scale;
  private float[] keyValues = {};
  private float[] weights = {};
  private int first;
  private int keys;

  /**
   * @param kvHeads heads of keys and values; divides {@code heads}
   */
  ClassTokenAttention(int heads, int kvHeads, int headDim) {
    this.heads = heads;
    this.headDim = headDim;
    shared = heads / kvHeads;
    keyWidth = kvHeads * headDim;
    scale = (float) (1 / Math.sqrt(headDim));
  }

  /**
   * @param queries {@code [tokens, queryWidth]}
   * @param at where the query begins in {@code queries}, and its result in {@code results}
   * @param rowKeyValues keys and values of the row, {@code [tokens, 2·keyWidth]}
   * @param position the query's position in the row
   * @param window sliding window in tokens, or 0
   * @param results {@code [tokens, queryWidth]}
   */
  void apply(
      float[] queries,
      int at,
      FloatPointer rowKeyValues,
      int position,
      int window,
      float[] results) {
    first = window > 0 ? Math.max(0, position - window + 1) : 0;
    keys = position + 1 - first;
    int stride = 2 * keyWidth;
    keyValues = atLeast(keyValues, keys * stride);
    weights = atLeast(weights, heads * keys);
    rowKeyValues.getPointer((long) first * stride).get(keyValues, 0, keys * stride);
    for (int head = 0; head < heads; head++) {
      int query = at + head * headDim;
      int column = head / shared * headDim;
      int from = head * keys;
      for (int key = 0; key < keys; key++) {
        weights[from + key] = scale * dot(queries, query, keyValues, key * stride + column);
      }
      softmax(from);
      mix(from, column + keyWidth, results, query);
    }
  }

  private static float[] atLeast(float[] array, int size) {
    return array.length >= size ? array : new float[size];
  }

  /** Eight sums side by side, which do not wait for each other. */
  private float dot(float[] a, int i, float[] b, int j) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int d = 0;
    for (; d <= headDim - 8; d += 8) {
      s0 += a[i + d] * b[j + d];
      s1 += a[i + d + 1] * b[j + d + 1];
      s2 += a[i + d + 2] * b[j + d + 2];
      s3 += a[i + d + 3] * b[j + d + 3];
      s4 += a[i + d + 4] * b[j + d + 4];
      s5 += a[i + d + 5] * b[j + d + 5];
      s6 += a[i + d + 6] * b[j + d + 6];
      s7 += a[i + d + 7] * b[j + d + 7];
    }
    for (; d < headDim; d++) {
      s0 += a[i + d] * b[j + d];
    }
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  }

  private void softmax(int from) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int key = from; key < from + keys; key++) {
      largest = Math.max(largest, weights[key]);
    }
    float sum = 0;
    for (int key = from; key < from + keys; key++) {
      weights[key] = (float) Math.exp(weights[key] - largest);
      sum += weights[key];
    }
    for (int key = from; key < from + keys; key++) {
      weights[key] /= sum;
    }
  }

  private void mix(int from, int column, float[] results, int at) {
    for (int d = 0; d < headDim; d++) {
      results[at + d] = 0;
    }
    for (int key = 0; key < keys; key++) {
      float weight = weights[from + key];
      int value = key * 2 * keyWidth + column;
      for (int d = 0; d < headDim; d++) {
        results[at + d] += weight * keyValues[value + d];
      }
    }
  }

  /**
   * What the last {@link #apply} paid to each token of the row, mean over heads.
   *
   * @param paid receives a value for each token up to the query's
   * @param start first index
   */
  void readWeights(float[] paid, int start) {
    Arrays.fill(paid, start, start + first, 0);
    for (int key = 0; key < keys; key++) {
      double sum = 0;
      for (int head = 0; head < heads; head++) {
        sum += weights[head * keys + key];
      }
      paid[start + first + key] = (float) (sum / heads);
    }
  }
}
