package org.sparkadept.decoder.compute.onednn;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.RotaryTables;

/**
 * What happens to queries and keys before attention: the norm of each head, or of all together,
 * where the family has one, then the rotary embedding (Su et al. 2021, half-rotation layout) where
 * the layer has one. In plain Java: it is a few percent of a layer.
 */
final class PositionKernel {
  private final int headDim;
  private final float eps;

  /** The tables for the wave's longest row, by layer; null for layers without rotary positions. */
  private RotaryTables[] byLayer = {};

  /** Queries or keys of a token. */
  private float[] vector = {};

  PositionKernel(ModelConfig config) {
    headDim = config.headDim();
    eps = config.norms().eps();
  }

  /** Begins a wave. */
  void begin(RotaryTables[] tables) {
    byLayer = tables;
  }

  /**
   * @param layer from 0
   * @param tile one token behind the other, {@code [count, stride]}, changed in place
   * @param stride floats of a token
   * @param columns size of its queries or keys, which stand first
   * @param batch says at which positions the tokens stand
   * @param first index in {@code batch} of the first token
   * @param count how many tokens
   * @param norm {@code [headDim]}, {@code [columns]} for all heads together, or null
   */
  void apply(
      int layer,
      FloatPointer tile,
      int stride,
      int columns,
      TokenBatch batch,
      int first,
      int count,
      float[] norm) {
    RotaryTables rotary = byLayer[layer];
    if (rotary == null && norm == null) {
      return;
    }
    vector = vector.length >= columns ? vector : new float[columns];
    FloatBuffer memory = OneDnn.view(tile, (long) count * stride);
    for (int i = 0; i < count; i++) {
      int position = batch.position(first + i);
      memory.get(i * stride, vector, 0, columns);
      for (int head = 0; norm != null && head < columns; head += norm.length) {
        normalize(vector, head, norm);
      }
      for (int head = 0; rotary != null && head < columns; head += headDim) {
        rotate(vector, head, rotary.cos()[position], rotary.sin()[position]);
      }
      memory.put(i * stride, vector, 0, columns);
    }
  }

  private void normalize(float[] values, int from, float[] norm) {
    double squares = 0;
    int size = norm.length;
    for (int i = from; i < from + size; i++) {
      squares += (double) values[i] * values[i];
    }
    float scale = (float) (1 / Math.sqrt(squares / size + eps));
    for (int i = 0; i < size; i++) {
      values[from + i] *= scale * norm[i];
    }
  }

  private static void rotate(float[] values, int from, float[] cos, float[] sin) {
    int half = cos.length;
    for (int i = 0; i < half; i++) {
      float left = values[from + i];
      float right = values[from + half + i];
      values[from + i] = left * cos[i] - right * sin[i];
      values[from + half + i] = right * cos[i] + left * sin[i];
    }
  }
}
