package org.sparkadept.decoder.compute.onednn;

import static org.sparkadept.decoder.compute.onednn.LinearKernel.TILE;

import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.compute.RotaryTables;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * What happens to a tile's queries and keys before attention: the norm of each head where the
 * family has one, then the rotary embedding (Su et al. 2021, half-rotation layout). In plain Java,
 * on a copy of the tile: it is a few percent of a layer.
 */
final class PositionKernel {
  private final RotaryTables rotary;
  private final int headDim;
  private final int queryWidth;
  private final int rotatedWidth;
  private final int packedWidth;
  private final float eps;
  private final boolean idle;
  private final float[] tile;
  private int[] positions = {};

  /**
   * @param rotary the tables, or null where the model learned its positions
   */
  PositionKernel(ModelConfig config, RotaryTables rotary) {
    this.rotary = rotary;
    headDim = config.headDim();
    queryWidth = config.queryWidth();
    rotatedWidth = queryWidth + config.keyWidth();
    packedWidth = rotatedWidth + config.keyWidth();
    eps = config.normEps();
    idle = rotary == null && !config.qkNorm();
    tile = idle ? null : new float[TILE * packedWidth];
  }

  /** Notes each token's position in its row; tokens of the padding stand at position 0. */
  void place(int[] starts, int padded) {
    positions = new int[padded];
    for (int row = 0; row + 1 < starts.length; row++) {
      for (int t = starts[row]; t < starts[row + 1]; t++) {
        positions[t] = t - starts[row];
      }
    }
  }

  /**
   * @param memory {@code [TILE, packedWidth]}: Q, K, V of each token, changed in place
   * @param firstToken the tile's first token in the micro-batch
   * @param queryNorm {@code [headDim]}, or null
   * @param keyNorm {@code [headDim]}, or null
   */
  void apply(FloatPointer memory, int firstToken, float[] queryNorm, float[] keyNorm) {
    if (idle) {
      return;
    }
    memory.get(tile, 0, tile.length);
    for (int t = 0; t < TILE; t++) {
      int start = t * packedWidth;
      for (int column = 0; column < rotatedWidth; column += headDim) {
        float[] norm = column < queryWidth ? queryNorm : keyNorm;
        if (norm != null) {
          normalize(start + column, norm);
        }
        if (rotary != null) {
          int position = positions[firstToken + t];
          rotate(start + column, rotary.cos()[position], rotary.sin()[position]);
        }
      }
    }
    memory.put(tile, 0, tile.length);
  }

  private void normalize(int from, float[] norm) {
    double squares = 0;
    for (int i = 0; i < headDim; i++) {
      squares += (double) tile[from + i] * tile[from + i];
    }
    float scale = (float) (1 / Math.sqrt(squares / headDim + eps));
    for (int i = 0; i < headDim; i++) {
      tile[from + i] *= scale * norm[i];
    }
  }

  private void rotate(int from, float[] cos, float[] sin) {
    int half = cos.length;
    for (int i = 0; i < half; i++) {
      float a = tile[from + i];
      float b = tile[from + half + i];
      tile[from + i] = a * cos[i] - b * sin[i];
      tile[from + half + i] = b * cos[i] + a * sin[i];
    }
  }
}
