package org.sparkadept.gpu.graph;

import java.util.Arrays;

/** Rows of a launch: where each begins in the arena, and which of its tokens have left. */
public final class Rows {
  private int size;
  private int[] starts = new int[64];
  private int[] lengths = new int[64];
  private int[][] left = new int[64][];
  private int[] leftFrom = new int[64];

  /**
   * Adds a row.
   *
   * @param start its first token's place in the arena
   * @param length its tokens
   * @param leftAfter the exit layer after which each token left, or 0, at index {@code from} on
   */
  public void add(int start, int length, int[] leftAfter, int from) {
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
      left = Arrays.copyOf(left, 2 * size);
      leftFrom = Arrays.copyOf(leftFrom, 2 * size);
    }
    starts[size] = start;
    lengths[size] = length;
    left[size] = leftAfter;
    leftFrom[size++] = from;
  }

  /** Forgets all rows. */
  public void clear() {
    size = 0;
  }

  /** Number of rows. */
  public int size() {
    return size;
  }

  int start(int row) {
    return starts[row];
  }

  int length(int row) {
    return lengths[row];
  }

  /** How many tokens of a row left after an exit layer; 0 asks for those that have not. */
  int count(int row, int exit) {
    int count = 0;
    for (int t = leftFrom[row]; t < leftFrom[row] + lengths[row]; t++) {
      count += left[row][t] == exit ? 1 : 0;
    }
    return count;
  }
}
