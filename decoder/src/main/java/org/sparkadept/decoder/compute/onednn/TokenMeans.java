package org.sparkadept.decoder.compute.onednn;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.compute.RowSet;

/** Means of normalized states, one for each row of a wave; summed in double precision. */
final class TokenMeans {
  private final int width;
  private final float[] token;

  /** {@code [rows of the wave, width]}: sums, then means; empty until a wave needs them. */
  private double[] means = {};

  TokenMeans(int width) {
    this.width = width;
    token = new float[width];
  }

  /** Makes room for a wave, and forgets the sum of one of its rows. */
  void clear(int waveRows, int row) {
    if (means.length < waveRows * width) {
      means = Arrays.copyOf(means, waveRows * width);
    }
    Arrays.fill(means, row * width, (row + 1) * width, 0);
  }

  /** Adds a token's state, row {@code index} of a tile, to the sum of its row. */
  void add(int row, FloatBuffer tile, int index) {
    tile.get(index * width, token, 0, width);
    int at = row * width;
    for (int d = 0; d < width; d++) {
      means[at + d] += token[d];
    }
  }

  /** Divides the sum of a row; without tokens its mean is 0. */
  void divide(int row, int tokens) {
    double share = tokens == 0 ? 0 : 1.0 / tokens;
    for (int d = row * width; d < (row + 1) * width; d++) {
      means[d] *= share;
    }
  }

  /**
   * Writes a tile {@code [rows, 2·width]}: each row's class token, then its mean.
   *
   * @param classTokens {@code [rows, width]}
   */
  void append(FloatPointer classTokens, RowSet rows, FloatPointer result) {
    FloatBuffer source = OneDnn.view(classTokens, (long) rows.size() * width);
    FloatBuffer target = OneDnn.view(result, 2L * rows.size() * width);
    for (int i = 0; i < rows.size(); i++) {
      source.get(i * width, token, 0, width);
      target.put(2 * i * width, token, 0, width);
      for (int d = 0; d < width; d++) {
        token[d] = (float) means[rows.row(i) * width + d];
      }
      target.put((2 * i + 1) * width, token, 0, width);
    }
  }
}
