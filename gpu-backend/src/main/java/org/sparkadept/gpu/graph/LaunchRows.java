package org.sparkadept.gpu.graph;

import java.util.Arrays;

/** The rows of a launch: their slots, and which of their tokens have exited. */
public final class LaunchRows {
  private int size;
  private int[] slots = new int[64];
  private int[] lengths = new int[64];
  private int[][] exitLayers = new int[64][];
  private int[] offsets = new int[64];

  /**
   * Adds a row.
   *
   * @param slot slot of its first token
   * @param length number of its tokens
   * @param exits the exit layer of each token, 0 while it is active, from {@code offset} on
   * @param offset index of the first token in {@code exits}
   */
  public void add(int slot, int length, int[] exits, int offset) {
    if (size == slots.length) {
      slots = Arrays.copyOf(slots, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
      exitLayers = Arrays.copyOf(exitLayers, 2 * size);
      offsets = Arrays.copyOf(offsets, 2 * size);
    }
    slots[size] = slot;
    lengths[size] = length;
    exitLayers[size] = exits;
    offsets[size++] = offset;
  }

  /** Removes all rows. */
  public void clear() {
    size = 0;
  }

  /** Number of rows. */
  public int size() {
    return size;
  }

  int slot(int row) {
    return slots[row];
  }

  int length(int row) {
    return lengths[row];
  }

  /** Number of tokens of a row that exited after an exit layer; with 0, that are active. */
  int count(int row, int exitLayer) {
    int count = 0;
    for (int t = offsets[row]; t < offsets[row] + lengths[row]; t++) {
      count += exitLayers[row][t] == exitLayer ? 1 : 0;
    }
    return count;
  }
}
