package org.sparkadept.decoder.format.gguf;

import org.sparkadept.decoder.tensor.HalfPrecision;

/**
 * Blocks of 32 numbers with one scale d and perhaps an offset m, both in F16 at the start (ggml's
 * {@code block_q4_0} to {@code block_q8_0}). Four bits of the numbers j and j + 16 share byte j; a
 * fifth bit of number j is bit j of a word before them. Products and sums are rounded to float one
 * by one, as ggml does it.
 */
final class SmallBlocks {
  private static final int HALF = 16;
  private static final int NUMBERS = 2 * HALF;

  private SmallBlocks() {}

  /** {@code x = d · (q − 8)}. */
  static void q4WithScale(byte[] block, int at, float[] dst, int dstPos) {
    float scale = f16(block, at);
    int from = at + 2;
    for (int j = 0; j < HALF; j++) {
      dst[dstPos + j] = scale * ((block[from + j] & 15) - 8);
      dst[dstPos + j + HALF] = scale * ((block[from + j] >> 4 & 15) - 8);
    }
  }

  /** {@code x = d · q + m}. */
  static void q4WithOffset(byte[] block, int at, float[] dst, int dstPos) {
    float scale = f16(block, at);
    float offset = f16(block, at + 2);
    int from = at + 4;
    for (int j = 0; j < HALF; j++) {
      dst[dstPos + j] = scale * (block[from + j] & 15) + offset;
      dst[dstPos + j + HALF] = scale * (block[from + j] >> 4 & 15) + offset;
    }
  }

  /** {@code x = d · (q − 16)}, with q of five bits. */
  static void q5WithScale(byte[] block, int at, float[] dst, int dstPos) {
    float scale = f16(block, at);
    int high = word(block, at + 2);
    int from = at + 6;
    for (int j = 0; j < HALF; j++) {
      dst[dstPos + j] = scale * (low5(block[from + j], high, j) - 16);
      dst[dstPos + j + HALF] = scale * (low5(block[from + j] >> 4, high, j + HALF) - 16);
    }
  }

  /** {@code x = d · q + m}, with q of five bits. */
  static void q5WithOffset(byte[] block, int at, float[] dst, int dstPos) {
    float scale = f16(block, at);
    float offset = f16(block, at + 2);
    int high = word(block, at + 4);
    int from = at + 8;
    for (int j = 0; j < HALF; j++) {
      dst[dstPos + j] = scale * low5(block[from + j], high, j) + offset;
      dst[dstPos + j + HALF] = scale * low5(block[from + j] >> 4, high, j + HALF) + offset;
    }
  }

  /** {@code x = d · q}, with q of eight bits and a sign. */
  static void q8(byte[] block, int at, float[] dst, int dstPos) {
    float scale = f16(block, at);
    for (int j = 0; j < NUMBERS; j++) {
      dst[dstPos + j] = scale * block[at + 2 + j];
    }
  }

  /** The number in F16 that starts at a byte. */
  static float f16(byte[] block, int at) {
    return HalfPrecision.fromF16((short) (block[at] & 0xFF | block[at + 1] << 8));
  }

  private static int low5(int nibble, int high, int j) {
    return nibble & 15 | (high >>> j & 1) << 4;
  }

  private static int word(byte[] block, int at) {
    return block[at] & 0xFF
        | (block[at + 1] & 0xFF) << 8
        | (block[at + 2] & 0xFF) << 16
        | block[at + 3] << 24;
  }
}
