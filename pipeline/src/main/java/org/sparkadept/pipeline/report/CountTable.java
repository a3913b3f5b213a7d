package org.sparkadept.pipeline.report;

/** Checks and copies of tables of counts. */
final class CountTable {
  private CountTable() {}

  /**
   * Copies a table.
   *
   * @throws IllegalArgumentException if it is not of this size
   */
  static long[][] copy(String name, long[][] table, int rows, int columns) {
    if (table.length != rows) {
      throw new IllegalArgumentException(name + " has " + table.length + " rows, not " + rows);
    }
    long[][] copy = new long[rows][];
    for (int i = 0; i < rows; i++) {
      if (table[i].length != columns) {
        throw new IllegalArgumentException(
            name + " has " + table[i].length + " columns in row " + i + ", not " + columns);
      }
      copy[i] = table[i].clone();
    }
    return copy;
  }

  /** Sum of a row. */
  static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  /** A part of a whole; NaN of nothing. */
  static double share(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }
}
