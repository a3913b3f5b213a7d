package org.sparkadept.training.model;

import java.util.List;

/**
 * Rows padded on the right to the longest. Under a causal mask no token sees the padding behind it,
 * so every row is computed exactly as if it were alone.
 *
 * @param rows the rows
 * @param time padded length
 */
public record Batch(List<TrainingRow> rows, int time) {

  /** Pads some rows. */
  public static Batch of(List<TrainingRow> rows) {
    int time = 0;
    for (TrainingRow row : rows) {
      time = Math.max(time, row.tokens().length);
    }
    return new Batch(List.copyOf(rows), time);
  }

  /** Number of rows. */
  public int size() {
    return rows.size();
  }

  /** Number of tokens that are not padding. */
  public int tokenCount() {
    int count = 0;
    for (TrainingRow row : rows) {
      count += row.tokens().length;
    }
    return count;
  }

  /** Token ids {@code [rows, time]} row-major; 0 where there is padding. */
  int[] tokens() {
    int[] tokens = new int[rows.size() * time];
    for (int i = 0; i < rows.size(); i++) {
      int[] row = rows.get(i).tokens();
      System.arraycopy(row, 0, tokens, i * time, row.length);
    }
    return tokens;
  }

  /** Where the class tokens lie among the rows × time positions. */
  int[] classPositions() {
    int[] positions = new int[rows.size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = i * time + rows.get(i).tokens().length - 1;
    }
    return positions;
  }

  /**
   * What the mean of a row's tokens but the class token weighs each of them by, [rows, 1, time].
   */
  float[] meanWeights() {
    float[] weights = new float[rows.size() * time];
    for (int i = 0; i < rows.size(); i++) {
      int others = rows.get(i).tokens().length - 1;
      for (int j = 0; j < others; j++) {
        weights[i * time + j] = 1f / others;
      }
    }
    return weights;
  }
}
