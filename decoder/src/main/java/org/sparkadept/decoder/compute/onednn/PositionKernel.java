package org.sparkadept.decoder.compute.onednn;

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

  /** Whether there is nothing to do. */
  boolean idle() {
    return idle;
  }

  /**
   * @param x queries or keys of some tokens, changed in place
   * @param from where the token's heads begin
   * @param columns size of its heads together
   * @param position the token's position in its row
   * @param norm {@code [headDim]}, or null
   */
  void apply(float[] x, int from, int columns, int position, float[] norm) {
    if (idle) {
      return;
    }
    for (int head = from; head < from + columns; head += headDim) {
      if (norm != null) {
        normalize(x, head, norm);
      }
      if (rotary != null) {
        rotate(x, head, rotary.cos()[position], rotary.sin()[position]);
      }
    }
  }

  private void normalize(float[] x, int from, float[] norm) {
    double squares = 0;
    for (int i = 0; i < headDim; i++) {
      squares += (double) x[from + i] * x[from + i];
    }
    float scale = (float) (1 / Math.sqrt(squares / headDim + eps));
    for (int i = 0; i < headDim; i++) {
      x[from + i] *= scale * norm[i];
    }
  }

  private static void rotate(float[] x, int from, float[] cos, float[] sin) {
    int half = cos.length;
    for (int i = 0; i < half; i++) {
      float a = x[from + i];
      float b = x[from + half + i];
      x[from + i] = a * cos[i] - b * sin[i];
      x[from + half + i] = b * cos[i] + a * sin[i];
    }
  }
}
