package org.sparkadept.gpu.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The rows of a launch: their slots, and which of their tokens have exited. */
public final class LaunchRows {
  private int size;
  private int[] slots = new int[64];
  private int[] lengths = new int[64];
  private int[][] exitLayers = new int[64][];
  private int[] offsets = new int[64];

  /** First position of the launch in each row; {@code end} is one more than the last. */
  private int first;

  private int end = Integer.MAX_VALUE;

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

  /**
   * The rows for several launches, if there is one row with more tokens than a launch takes; else
   * these rows.
   *
   * @param most number of tokens that a launch takes
   */
  List<LaunchRows> split(int most) {
    if (size != 1 || lengths[0] <= most) {
      return List.of(this);
    }
    List<LaunchRows> parts = new ArrayList<>();
    for (int position = 0; position < lengths[0]; position += most) {
      LaunchRows part = new LaunchRows();
      part.add(slots[0], lengths[0], exitLayers[0], offsets[0]);
      part.first = position;
      part.end = Math.min(lengths[0], position + most);
      parts.add(part);
    }
    return parts;
  }

  int slot(int row) {
    return slots[row];
  }

  int length(int row) {
    return lengths[row];
  }

  int first() {
    return first;
  }

  /** One more than the last position of the launch in a row. */
  int end(int row) {
    return Math.min(end, lengths[row]);
  }

  /**
   * Number of tokens that exited after an exit layer; with 0, that are active.
   *
   * @param from first position in the row
   * @param to one more than the last position
   */
  int count(int row, int exitLayer, int from, int to) {
    int count = 0;
    for (int t = offsets[row] + from; t < offsets[row] + to; t++) {
      count += exitLayers[row][t] == exitLayer ? 1 : 0;
    }
    return count;
  }
}
