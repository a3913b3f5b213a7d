package org.sparkadept.decoder.compute.onednn;

import java.util.Arrays;

/**
 * Tokens that run together, packed one behind the other: where each stands in the wave and in its
 * row.
 */
final class TokenBatch {
  private int size;
  private int[] tokens = new int[LinearKernel.TILE];
  private int[] positions = new int[LinearKernel.TILE];

  void clear() {
    size = 0;
  }

  /**
   * @param token index in the wave
   * @param position position in the row
   */
  void add(int token, int position) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * size);
      positions = Arrays.copyOf(positions, 2 * size);
    }
    tokens[size] = token;
    positions[size++] = position;
  }

  int size() {
    return size;
  }

  /** The size rounded up to whole tiles, wide ones too. */
  int padded() {
    return (size + LinearKernel.WIDE_TILE - 1) / LinearKernel.WIDE_TILE * LinearKernel.WIDE_TILE;
  }

  /** How many tokens the tile that begins at {@code first} has. */
  int inTile(int first) {
    return Math.min(LinearKernel.TILE, size - first);
  }

  /** The same for a wide tile. */
  int inWideTile(int first) {
    return Math.min(LinearKernel.WIDE_TILE, size - first);
  }

  int token(int index) {
    return tokens[index];
  }

  int position(int index) {
    return positions[index];
  }

  /**
   * One more than the last index, up to {@code end}, of tokens that follow each other in a wave.
   */
  int runOfTokens(int first, int end) {
    int next = first + 1;
    while (next < end && tokens[next] == tokens[next - 1] + 1) {
      next++;
    }
    return next;
  }
}
