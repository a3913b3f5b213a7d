package org.sparkadept.decoder.compute;

import java.util.Arrays;

/**
 * Some rows of a wave, without repetition, in any order: a range of a list, which is not copied.
 *
 * @param rows row numbers
 * @param from index of the first one
 * @param to one more than the index of the last one
 */
public record RowSet(int[] rows, int from, int to) {
  /** The first {@code count} rows of a list. */
  public static RowSet first(int[] rows, int count) {
    return new RowSet(rows, 0, count);
  }

  /** The rows 0 to {@code count - 1}. */
  public static RowSet all(int count) {
    int[] rows = new int[count];
    Arrays.setAll(rows, row -> row);
    return new RowSet(rows, 0, count);
  }

  /** Number of rows. */
  public int size() {
    return to - from;
  }

  /** The {@code i}-th row. */
  public int row(int i) {
    return rows[from + i];
  }

  /** The {@code first}-th to the {@code end − 1}-th row. */
  public RowSet range(int first, int end) {
    return new RowSet(rows, from + first, from + end);
  }
}
