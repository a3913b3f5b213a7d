package org.sparkadept.decoder.compute.onednn;

import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.compute.RotaryTables;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * What happens to queries and keys before attention: the norm of each head where the family has
 * one, then the rotary embedding (Su et al. 2021, half-rotation layout). In plain Java: it is a few
 * percent of a layer.
 */
final class PositionKernel {
  private final RotaryTables rotary;
  private final int headDim;
  private final float eps;
  private final boolean idle;
  private final float[] left;
  private final float[] right;
  private float[] values = {};

  /**
   * @param rotary the tables, or null where the model learned its positions
   */
  PositionKernel(ModelConfig config, RotaryTables rotary) {
    this.rotary = rotary;
    headDim = config.headDim();
    eps = config.normEps();
    left = new float[headDim];
    right = new float[headDim];
    idle = rotary == null && !config.qkNorm();
  }

  /**
   * @param tile one token behind the other, {@code [TILE, stride]}, changed in place
   * @param stride floats of a token
   * @param columns size of its queries or keys, which stand first
   * @param batch says at which positions the tokens stand
   * @param first index in {@code batch} of the tile's first token
   * @param norm {@code [headDim]}, or null
   */
  void apply(
      FloatPointer tile, int stride, int columns, TokenBatch batch, int first, float[] norm) {
    if (idle) {
      return;
    }
    int count = batch.inTile(first);
    int size = count * stride;
    values = values.length >= size ? values : new float[size];
    tile.get(values, 0, size);
    for (int i = 0; i < count; i++) {
      int position = batch.position(first + i);
      for (int head = i * stride; head < i * stride + columns; head += headDim) {
        if (norm != null) {
          normalize(head, norm);
        }
        if (rotary != null) {
          rotate(head, rotary.cos()[position], rotary.sin()[position]);
        }
      }
    }
    tile.put(values, 0, size);
  }

  private void normalize(int from, float[] norm) {
    double squares = 0;
    for (int i = from; i < from + headDim; i++) {
      squares += (double) values[i] * values[i];
    }
    float scale = (float) (1 / Math.sqrt(squares / headDim + eps));
    for (int i = 0; i < headDim; i++) {
      values[from + i] *= scale * norm[i];
    }
  }

  /** From copies of both halves, so that the loops have nothing to wait for. */
  private void rotate(int from, float[] cos, float[] sin) {
    int half = cos.length;
    System.arraycopy(values, from, left, 0, half);
    System.arraycopy(values, from + half, right, 0, half);
    for (int i = 0; i < half; i++) {
      values[from + i] = left[i] * cos[i] - right[i] * sin[i];
    }
    for (int i = 0; i < half; i++) {
      values[from + half + i] = right[i] * cos[i] + left[i] * sin[i];
    }
  }
}
