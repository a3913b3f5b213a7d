package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Causal attention over ragged rows: {@code softmax(q·k / sqrt(headDim))·v} over the tokens of the
 * row up to the query's own, query heads sharing the key heads in groups.
 */
public final class Attention {
  /** Work items of a group, and keys that it looks at together. */
  public static final int GROUP = 64;

  /** Largest head. */
  public static final int MOST_HEAD_DIM = 512;

  /** Section: query heads. */
  public static final int HEADS = 0;

  /** Section: query heads that share a key head. */
  public static final int SHARING = 1;

  /** Section: floats of a head. */
  public static final int HEAD_DIM = 2;

  /** Section: floats of a token's keys; as many values follow. */
  public static final int KEY_WIDTH = 3;

  /** Section: how many tokens a query sees, its own among them; 0 for all before it. */
  public static final int WINDOW = 4;

  private static final float LEAST = -3.4e38f;

  private Attention() {}

  /**
   * Attends. One group a packed token and head; the softmax is built up over blocks of keys
   * (Milakov and Gimelshein 2018).
   *
   * @param queries {@code [packed, heads · headDim]}
   * @param keyValues {@code [tokens of the arena, 2 · keyWidth]}
   * @param seen receives {@code [packed, heads · headDim]}
   */
  public static void attendTokens(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      IntArray positions,
      FloatArray queries,
      FloatArray keyValues,
      FloatArray seen) {
    float[] query = context.allocateFloatLocalArray(MOST_HEAD_DIM);
    float[] mixed = context.allocateFloatLocalArray(MOST_HEAD_DIM);
    float[] scores = context.allocateFloatLocalArray(GROUP);
    float[] weights = context.allocateFloatLocalArray(GROUP);
    int lane = context.localIdx;
    int heads = call.get(section + HEADS);
    int headDim = call.get(section + HEAD_DIM);
    int keyWidth = call.get(section + KEY_WIDTH);
    int stride = 2 * keyWidth;
    int window = call.get(section + WINDOW);
    int packed = context.groupIdx / heads;
    int head = context.groupIdx - packed * heads;
    int queryAt = (packed * heads + head) * headDim;
    int column = head / call.get(section + SHARING) * headDim;
    int position = positions.get(packed);
    int start = tokens.get(packed) - position;
    int first = 0;
    if (window > 0 && position >= window) {
      first = position - window + 1;
    }
    float scale = 1f / TornadoMath.sqrt(headDim);
    for (int i = lane; i < headDim; i += GROUP) {
      query[i] = queries.get(queryAt + i) * scale;
      mixed[i] = 0;
    }
    context.localBarrier();
    float top = LEAST;
    float sum = 0;
    for (int block = first; block <= position; block += GROUP) {
      int key = block + lane;
      float score = LEAST;
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
      float newTop = top;
      for (int i = 0; i < GROUP; i++) {
        newTop = TornadoMath.max(newTop, scores[i]);
      }
      float weight = 0;
      if (key <= position) {
        weight = TornadoMath.exp(score - newTop);
      }
      weights[lane] = weight;
      context.localBarrier();
      float shrink = TornadoMath.exp(top - newTop);
      sum = sum * shrink;
      int keys = position - block + 1;
      if (keys > GROUP) {
        keys = GROUP;
      }
      for (int i = 0; i < GROUP; i++) {
        sum += weights[i];
      }
      for (int i = lane; i < headDim; i += GROUP) {
        float value = mixed[i] * shrink;
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
        mixed[i] = value;
      }
      top = newTop;
    }
    for (int i = lane; i < headDim; i += GROUP) {
      seen.set(queryAt + i, mixed[i] / sum);
    }
  }

  /**
   * Notes what class tokens pay to each token of their row, mean over heads, for the token policy.
   * One group a packed class token.
   *
   * @param queries {@code [packed, heads · headDim]}
   * @param keyValues {@code [tokens of the arena, 2 · keyWidth]}
   * @param paid receives {@code [tokens of the arena]}
   */
  public static void noteAttention(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      IntArray positions,
      FloatArray queries,
      FloatArray keyValues,
      FloatArray paid) {
    float[] tops = context.allocateFloatLocalArray(GROUP);
    float[] sums = context.allocateFloatLocalArray(GROUP);
    int lane = context.localIdx;
    int lanes = context.localGroupSizeX;
    int packed = context.groupIdx;
    int heads = call.get(section + HEADS);
    int sharing = call.get(section + SHARING);
    int headDim = call.get(section + HEAD_DIM);
    int keyWidth = call.get(section + KEY_WIDTH);
    int window = call.get(section + WINDOW);
    int position = positions.get(packed);
    int start = tokens.get(packed) - position;
    int first = 0;
    if (window > 0 && position >= window) {
      first = position - window + 1;
    }
    float scale = 1f / TornadoMath.sqrt(headDim);
    for (int key = lane; key <= position; key += GROUP) {
      paid.set(start + key, 0f);
    }
    for (int head = 0; head < heads; head++) {
      int queryAt = (packed * heads + head) * headDim;
      int column = head / sharing * headDim;
      float top = LEAST;
      float sum = 0;
      for (int key = first + lane; key <= position; key += GROUP) {
        float score =
            score(
                queries, queryAt, keyValues, (start + key) * 2 * keyWidth + column, headDim, scale);
        float newTop = TornadoMath.max(top, score);
        sum = sum * TornadoMath.exp(top - newTop) + TornadoMath.exp(score - newTop);
        top = newTop;
      }
      tops[lane] = top;
      sums[lane] = sum;
      context.localBarrier();
      float most = LEAST;
      for (int i = 0; i < lanes; i++) {
        most = TornadoMath.max(most, tops[i]);
      }
      float whole = 0;
      for (int i = 0; i < lanes; i++) {
        whole += sums[i] * TornadoMath.exp(tops[i] - most);
      }
      context.localBarrier();
      for (int key = first + lane; key <= position; key += GROUP) {
        float score =
            score(
                queries, queryAt, keyValues, (start + key) * 2 * keyWidth + column, headDim, scale);
        float share = TornadoMath.exp(score - most) / whole / heads;
        paid.set(start + key, paid.get(start + key) + share);
      }
    }
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
