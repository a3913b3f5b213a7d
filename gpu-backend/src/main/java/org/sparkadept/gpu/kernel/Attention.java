package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Causal attention over ragged rows: {@code softmax(q·k / sqrt(headDim))·v} over the tokens of the
 * row up to the query's own. Groups of query heads share a key head.
 */
public final class Attention {
  /** Work items of a group, and keys of a block. */
  public static final int GROUP = 64;

  /** Largest head. */
  public static final int MAX_HEAD_DIM = 512;

  /** Section: query heads. */
  public static final int HEADS = 0;

  /** Section: query heads of a key head. */
  public static final int QUERIES_PER_KEY = 1;

  /** Section: floats of a head. */
  public static final int HEAD_DIM = 2;

  /** Section: floats of a token's keys; as many values follow. */
  public static final int KEY_WIDTH = 3;

  /** Section: size of the sliding window, the query's own token included; 0 without one. */
  public static final int WINDOW = 4;

  private static final float LOWEST = -3.4e38f;

  private Attention() {}

  /**
   * Attention of packed tokens. One group a packed token and head. The softmax is computed online,
   * over blocks of keys (Milakov and Gimelshein 2018).
   *
   * @param queries {@code [packed, heads · headDim]}
   * @param keyValues {@code [slots, 2 · keyWidth]}
   * @param output receives {@code [packed, heads · headDim]}
   */
  public static void attendTokens(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      IntArray positions,
      FloatArray queries,
      FloatArray keyValues,
      FloatArray output) {
    float[] query = context.allocateFloatLocalArray(MAX_HEAD_DIM);
    float[] weighted = context.allocateFloatLocalArray(MAX_HEAD_DIM);
    float[] scores = context.allocateFloatLocalArray(GROUP);
    float[] weights = context.allocateFloatLocalArray(GROUP);
    int lane = context.localIdx;
    int heads = parameters.get(section + HEADS);
    int headDim = parameters.get(section + HEAD_DIM);
    int keyWidth = parameters.get(section + KEY_WIDTH);
    int stride = 2 * keyWidth;
    int window = parameters.get(section + WINDOW);
    int packed = context.groupIdx / heads;
    int head = context.groupIdx - packed * heads;
    int queryAt = (packed * heads + head) * headDim;
    int column = head / parameters.get(section + QUERIES_PER_KEY) * headDim;
    int position = positions.get(packed);
    int start = slots.get(packed) - position;
    int first = firstKey(position, window);
    float scale = 1f / TornadoMath.sqrt(headDim);
    for (int i = lane; i < headDim; i += GROUP) {
      query[i] = queries.get(queryAt + i) * scale;
      weighted[i] = 0;
    }
    context.localBarrier();
    float max = LOWEST;
    float sum = 0;
    for (int block = first; block <= position; block += GROUP) {
      int key = block + lane;
      float score = LOWEST;
      if (key <= position) {
        int keyAt = (start + key) * stride + column;
        float dot = 0;
        int i = 0;
        for (; i < headDim - 3; i += 4) {
          dot += query[i] * keyValues.get(keyAt + i);
          dot += query[i + 1] * keyValues.get(keyAt + i + 1);
          dot += query[i + 2] * keyValues.get(keyAt + i + 2);
          dot += query[i + 3] * keyValues.get(keyAt + i + 3);
        }
        for (; i < headDim; i++) {
          dot += query[i] * keyValues.get(keyAt + i);
        }
        score = dot;
      }
      scores[lane] = score;
      context.localBarrier();
      float newMax = max;
      for (int i = 0; i < GROUP; i++) {
        newMax = TornadoMath.max(newMax, scores[i]);
      }
      float weight = 0;
      if (key <= position) {
        weight = TornadoMath.exp(score - newMax);
      }
      weights[lane] = weight;
      context.localBarrier();
      float rescale = TornadoMath.exp(max - newMax);
      sum = sum * rescale;
      int keys = position - block + 1;
      if (keys > GROUP) {
        keys = GROUP;
      }
      for (int i = 0; i < GROUP; i++) {
        sum += weights[i];
      }
      for (int i = lane; i < headDim; i += GROUP) {
        float value = weighted[i] * rescale;
        int valueAt = (start + block) * stride + keyWidth + column + i;
        int k = 0;
        for (; k < keys - 3; k += 4) {
          value += weights[k] * keyValues.get(valueAt);
          value += weights[k + 1] * keyValues.get(valueAt + stride);
          value += weights[k + 2] * keyValues.get(valueAt + 2 * stride);
          value += weights[k + 3] * keyValues.get(valueAt + 3 * stride);
          valueAt += 4 * stride;
        }
        for (; k < keys; k++) {
          value += weights[k] * keyValues.get(valueAt);
          valueAt += stride;
        }
        weighted[i] = value;
      }
      max = newMax;
    }
    for (int i = lane; i < headDim; i += GROUP) {
      output.set(queryAt + i, weighted[i] / sum);
    }
  }

  /**
   * The attention weights of class tokens for each token of their row, averaged over heads, for the
   * token policy. One group a packed class token.
   *
   * @param queries {@code [packed, heads · headDim]}
   * @param keyValues {@code [slots, 2 · keyWidth]}
   * @param classAttention receives {@code [slots]}
   */
  public static void classTokenAttention(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      IntArray positions,
      FloatArray queries,
      FloatArray keyValues,
      FloatArray classAttention) {
    float[] maxima = context.allocateFloatLocalArray(GROUP);
    float[] sums = context.allocateFloatLocalArray(GROUP);
    int lane = context.localIdx;
    int lanes = context.localGroupSizeX;
    int packed = context.groupIdx;
    int heads = parameters.get(section + HEADS);
    int queriesPerKey = parameters.get(section + QUERIES_PER_KEY);
    int headDim = parameters.get(section + HEAD_DIM);
    int keyWidth = parameters.get(section + KEY_WIDTH);
    int window = parameters.get(section + WINDOW);
    int position = positions.get(packed);
    int start = slots.get(packed) - position;
    int first = firstKey(position, window);
    float scale = 1f / TornadoMath.sqrt(headDim);
    for (int key = lane; key <= position; key += GROUP) {
      classAttention.set(start + key, 0f);
    }
    for (int head = 0; head < heads; head++) {
      int queryAt = (packed * heads + head) * headDim;
      int column = head / queriesPerKey * headDim;
      float max = LOWEST;
      float sum = 0;
      for (int key = first + lane; key <= position; key += GROUP) {
        float score =
            score(
                queries, queryAt, keyValues, (start + key) * 2 * keyWidth + column, headDim, scale);
        float newMax = TornadoMath.max(max, score);
        sum = sum * TornadoMath.exp(max - newMax) + TornadoMath.exp(score - newMax);
        max = newMax;
      }
      maxima[lane] = max;
      sums[lane] = sum;
      context.localBarrier();
      float rowMax = LOWEST;
      for (int i = 0; i < lanes; i++) {
        rowMax = TornadoMath.max(rowMax, maxima[i]);
      }
      float total = 0;
      for (int i = 0; i < lanes; i++) {
        total += sums[i] * TornadoMath.exp(maxima[i] - rowMax);
      }
      context.localBarrier();
      for (int key = first + lane; key <= position; key += GROUP) {
        float score =
            score(
                queries, queryAt, keyValues, (start + key) * 2 * keyWidth + column, headDim, scale);
        float weight = TornadoMath.exp(score - rowMax) / total / heads;
        classAttention.set(start + key, classAttention.get(start + key) + weight);
      }
    }
  }

  /** Position of the first key in the query's window. */
  private static int firstKey(int position, int window) {
    return window > 0 && position >= window ? position - window + 1 : 0;
  }

  private static float score(
      FloatArray queries, int queryAt, FloatArray keyValues, int keyAt, int headDim, float scale) {
    float dot = 0;
    for (int i = 0; i < headDim; i++) {
      dot += queries.get(queryAt + i) * keyValues.get(keyAt + i);
    }
    return dot * scale;
  }
}
