package org.sparkadept.decoder.compute.onednn;

import java.nio.FloatBuffer;
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

  /**
   * @param rotary the tables, or null where the model learned its positions
   */
  PositionKernel(ModelConfig config, RotaryTables rotary) {
    this.rotary = rotary;
    headDim = config.headDim();
    eps = config.normEps();
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
    FloatBuffer x = OneDnn.view(tile, (long) count * stride);
    for (int i = 0; i < count; i++) {
      int position = batch.position(first + i);
      for (int head = i * stride; head < i * stride + columns; head += headDim) {
        if (norm != null) {
          normalize(x, head, norm);
        }
        if (rotary != null) {
          rotate(x, head, rotary.cos()[position], rotary.sin()[position]);
        }
      }
    }
  }

  private void normalize(FloatBuffer x, int from, float[] norm) {
    double squares = 0;
    for (int i = from; i < from + headDim; i++) {
      squares += (double) x.get(i) * x.get(i);
    }
    float scale = (float) (1 / Math.sqrt(squares / headDim + eps));
    for (int i = 0; i < headDim; i++) {
      x.put(from + i, x.get(from + i) * (scale * norm[i]));
    }
  }

  private static void rotate(FloatBuffer x, int from, float[] cos, float[] sin) {
    int half = cos.length;
    for (int i = from; i < from + half; i++) {
      float a = x.get(i);
      float b = x.get(i + half);
      x.put(i, a * cos[i - from] - b * sin[i - from]);
      x.put(i + half, b * cos[i - from] + a * sin[i - from]);
    }
  }
}
