package org.sparkadept.gpu.session;

/**
 * A wave on the device.
 *
 * @param place its first token's place in the arena
 * @param rowStarts {@code [rows + 1]}: where each row begins in the wave
 * @param leftAfter {@code [tokens]}: the exit layer after which each left, or 0; as the device has
 *     it
 */
record Wave(int place, int[] rowStarts, int[] leftAfter) {
  int start(int row) {
    return rowStarts[row];
  }

  int end(int row) {
    return rowStarts[row + 1];
  }

  int length(int row) {
    return rowStarts[row + 1] - rowStarts[row];
  }

  int tokens() {
    return rowStarts[rowStarts.length - 1];
  }
}
