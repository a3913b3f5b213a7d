package org.sparkadept.decoder.compute.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.model.AttentionConfig;
import org.sparkadept.decoder.model.Formulas;

/**
 * Attention of one query a row, the class token's, {@code softmax(cap(scale · q·Kᵀ))·V} for all
 * heads. The heads that share keys and values are the rows of one small matrix product, which needs
 * no primitive for its shape: rows of all lengths cost little more than their multiplications.
 */
final class ClassTokenAttention implements AutoCloseable {
  private static final byte PLAIN = 'N';
  private static final byte TRANSPOSED = 'T';

  private final int heads;
  private final int kvHeads;
  private final int headDim;
  private final float scale;
  private final float softCap;
  private final GrowingFloats scores = new GrowingFloats();
  private FloatBuffer view = FloatBuffer.allocate(0);
  private float[] weights = {};
  private int first;
  private int keys;

  ClassTokenAttention(AttentionConfig config) {
    heads = config.heads();
    kvHeads = config.kvHeads();
    headDim = config.headDim();
    scale = config.scale();
    softCap = config.softCap();
  }

  /**
   * @param query {@code [heads, headDim]}
   * @param rowKeyValues keys and values of the row, {@code [tokens, 2·kvHeads·headDim]}
   * @param position the query's position in the row
   * @param window sliding window in tokens, or 0
   * @param result {@code [heads, headDim]}
   */
  void apply(
      FloatPointer query,
      FloatPointer rowKeyValues,
      int position,
      int window,
      FloatPointer result) {
    first = window > 0 ? Math.max(0, position - window + 1) : 0;
    keys = position + 1 - first;
    int size = heads * keys;
    FloatPointer memory = scores.atLeast(size);
    if (weights.length < size) {
      weights = new float[size];
      view = OneDnn.view(memory, size);
    }
    int keyWidth = kvHeads * headDim;
    int shared = heads / kvHeads;
    FloatPointer row = rowKeyValues.getPointer((long) first * 2 * keyWidth);
    for (int group = 0; group < kvHeads; group++) {
      long head = (long) group * shared;
      FloatPointer groupKeys = row.getPointer((long) group * headDim);
      FloatPointer groupQuery = query.getPointer(head * headDim);
      FloatPointer scored = memory.getPointer(head * keys);
      multiply(TRANSPOSED, keys, headDim, scale, groupQuery, groupKeys, scored);
    }
    view.get(0, weights, 0, size);
    for (int i = 0; softCap != 0 && i < size; i++) {
      weights[i] = (float) Formulas.softCap(weights[i], softCap);
    }
    for (int head = 0; head < heads; head++) {
      Softmax.apply(weights, head * keys, keys);
    }
    view.put(0, weights, 0, size);
    for (int group = 0; group < kvHeads; group++) {
      long head = (long) group * shared;
      FloatPointer groupValues = row.getPointer(keyWidth + (long) group * headDim);
      FloatPointer weighed = memory.getPointer(head * keys);
      FloatPointer mixed = result.getPointer(head * headDim);
      multiply(PLAIN, headDim, keys, 1, weighed, groupValues, mixed);
    }
  }

  /** {@code result = factor·a·b}: a {@code [shared, inner]}, b keys or values of a group. */
  private void multiply(
      byte transposed,
      int columns,
      int inner,
      float factor,
      FloatPointer a,
      FloatPointer b,
      FloatPointer result) {
    int shared = heads / kvHeads;
    int stride = 2 * kvHeads * headDim;
    OneDnn.check(
        dnnl_sgemm(
            PLAIN,
            transposed,
            shared,
            columns,
            inner,
            factor,
            a,
            inner,
            b,
            stride,
            0,
            result,
            columns),
        "attending from a class token");
  }

  /**
   * The attention weights of the last {@link #apply} for each token of the row, mean over heads.
   *
   * @param attention receives a value for each token up to the query's
   * @param start first index
   */
  void readWeights(float[] attention, int start) {
    Arrays.fill(attention, start, start + first + keys, 0);
    int from = start + first;
    float share = 1f / heads;
    for (int head = 0; head < heads; head++) {
      for (int key = 0; key < keys; key++) {
        attention[from + key] += share * weights[head * keys + key];
      }
    }
  }

  @Override
  public void close() {
    scores.close();
  }
}
