package org.sparkadept.decoder.format.gguf;

/**
 * Blocks of 256 numbers whose parts have scales of their own, which are quantized again (ggml's
 * {@code block_q4_K} to {@code block_q6_K}). Products and differences are rounded to float one by
 * one, as ggml does it.
 */
final class SuperBlocks {
  /** Parts of Q4_K and Q5_K: eight of 32 numbers, with a scale and a minimum of six bits each. */
  private static final int PARTS = 8;

  private static final int PART = 32;
  private static final int PACKED_SCALES = 12;

  private SuperBlocks() {}

  /** {@code x = d · scale · q − dmin · minimum}: d, dmin, the packed scales, 128 bytes of q. */
  static void q4(byte[] block, int at, float[] dst, int dstPos) {
    int low = at + 4 + PACKED_SCALES;
    for (int part = 0; part < PARTS; part++) {
      float step = step(block, at, part);
      float minimum = minimum(block, at, part);
      int to = dstPos + part * PART;
      for (int i = 0; i < PART; i++) {
        dst[to + i] = step * nibble(block, low, part, i) - minimum;
      }
    }
  }

  /** The same with 32 bytes of fifth bits before those of q: bit {@code part} of byte i. */
  static void q5(byte[] block, int at, float[] dst, int dstPos) {
    int high = at + 4 + PACKED_SCALES;
    int low = high + PART;
    for (int part = 0; part < PARTS; part++) {
      float step = step(block, at, part);
      float minimum = minimum(block, at, part);
      int to = dstPos + part * PART;
      for (int i = 0; i < PART; i++) {
        int q = nibble(block, low, part, i) | (block[high + i] >> part & 1) << 4;
        dst[to + i] = step * q - minimum;
      }
    }
  }

  /**
   * {@code x = d · scale · (q − 32)} with a scale for 16 numbers: 128 bytes with the lower four
   * bits of q, 64 with the upper two, 16 scales, d. Each half of the block has 64, 32 and 8 of
   * these bytes, and four quarters of 32 numbers.
   */
  static void q6(byte[] block, int at, float[] dst, int dstPos) {
    float scale = SmallBlocks.f16(block, at + 208);
    for (int half = 0; half < 2; half++) {
      int low = at + 64 * half;
      int high = at + 128 + 32 * half;
      int scales = at + 192 + 8 * half;
      for (int quarter = 0; quarter < 4; quarter++) {
        int from = low + 32 * (quarter & 1);
        int shift = 4 * (quarter >> 1);
        int to = dstPos + 128 * half + 32 * quarter;
        for (int i = 0; i < 32; i++) {
          float step = scale * block[scales + 2 * quarter + i / 16];
          int q = block[from + i] >> shift & 15 | (block[high + i] >> 2 * quarter & 3) << 4;
          dst[to + i] = step * (q - 32);
        }
      }
    }
  }

  /** Four bits of number i of a part: even parts have the lower halves of bytes, odd the upper. */
  private static int nibble(byte[] block, int low, int part, int i) {
    return block[low + part / 2 * PART + i] >> 4 * (part & 1) & 15;
  }

  /** {@code d · scale} of a part. */
  private static float step(byte[] block, int at, int part) {
    int scales = at + 4;
    int scale =
        part < 4
            ? block[scales + part] & 63
            : block[scales + part + 4] & 15 | (block[scales + part - 4] >> 6 & 3) << 4;
    return SmallBlocks.f16(block, at) * scale;
  }

  /** {@code dmin · minimum} of a part. */
  private static float minimum(byte[] block, int at, int part) {
    int scales = at + 4;
    int minimum =
        part < 4
            ? block[scales + part + 4] & 63
            : block[scales + part + 4] >> 4 & 15 | (block[scales + part] >> 6 & 3) << 4;
    return SmallBlocks.f16(block, at + 2) * minimum;
  }
}
