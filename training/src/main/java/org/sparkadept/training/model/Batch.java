package org.sparkadept.training.model;

import java.util.List;
import org.sparkadept.training.data.EncodedRow;

/**
 * Rows padded on the right to the longest. Under a causal mask no token sees the padding behind it,
 * so every row is computed exactly as if it were alone.
 *
 * @param tokens token ids, {@code [rows, width]} row-major
 * @param lengths tokens of every row, the class token included
 * @param labels class ids
 * @param width padded length
 */
public record Batch(int[] tokens, int[] lengths, int[] labels, int width) {

  /** Pads some rows. */
  public static Batch of(List<EncodedRow> rows) {
    int width = 0;
    for (EncodedRow row : rows) {
      width = Math.max(width, row.tokens().length);
    }
    int[] tokens = new int[rows.size() * width];
    int[] lengths = new int[rows.size()];
    int[] labels = new int[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      int[] row = rows.get(i).tokens();
      System.arraycopy(row, 0, tokens, i * width, row.length);
      lengths[i] = row.length;
      labels[i] = rows.get(i).label();
    }
    return new Batch(tokens, lengths, labels, width);
  }

  /** Number of rows. */
  public int rows() {
    return lengths.length;
  }

  /** Number of tokens that are not padding. */
  public int tokenCount() {
    int count = 0;
    for (int length : lengths) {
      count += length;
    }
    return count;
  }

  /** Where the class tokens lie among the rows × width positions. */
  int[] classPositions() {
    int[] positions = new int[rows()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = i * width + lengths[i] - 1;
    }
    return positions;
  }
}
