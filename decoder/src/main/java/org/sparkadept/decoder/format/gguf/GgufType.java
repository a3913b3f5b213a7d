package org.sparkadept.decoder.format.gguf;

import java.util.ArrayList;
import java.util.List;

/**
 * The number formats of tensors that can be read. Those of 32 and 256 numbers a block are quantized
 * (ggml's {@code ggml-common.h}).
 */
enum GgufType {
  F32(0, 1, 4, null),
  F16(1, 1, 2, null),
  BF16(30, 1, 2, null),
  Q4_0(2, 32, 18, SmallBlocks::q4WithScale),
  Q4_1(3, 32, 20, SmallBlocks::q4WithOffset),
  Q5_0(6, 32, 22, SmallBlocks::q5WithScale),
  Q5_1(7, 32, 24, SmallBlocks::q5WithOffset),
  Q8_0(8, 32, 34, SmallBlocks::q8),
  Q4_K(12, 256, 144, SuperBlocks::q4),
  Q5_K(13, 256, 176, SuperBlocks::q5),
  Q6_K(14, 256, 210, SuperBlocks::q6);

  /** Turns one block into floats. */
  @FunctionalInterface
  interface Decoder {
    /**
     * @param bytes holds the block
     * @param at its first byte
     * @param dst receives all numbers of the block
     * @param dstPos first index in {@code dst}
     */
    void decode(byte[] bytes, int at, float[] dst, int dstPos);
  }

  private final int id;
  private final int numbers;
  private final int bytes;
  private final Decoder decoder;

  GgufType(int id, int numbers, int bytes, Decoder decoder) {
    this.id = id;
    this.numbers = numbers;
    this.bytes = bytes;
    this.decoder = decoder;
  }

  /** The type of that number in a file; null when it is none of these. */
  static GgufType of(long id) {
    for (GgufType type : values()) {
      if (type.id == id) {
        return type;
      }
    }
    return null;
  }

  /** All names, for messages. */
  static String known() {
    List<String> names = new ArrayList<>();
    for (GgufType type : values()) {
      names.add(type.name());
    }
    return String.join(", ", names);
  }

  /** Numbers in a block; 1 where they are not quantized. */
  int numbers() {
    return numbers;
  }

  /** Bytes of a block. */
  int bytes() {
    return bytes;
  }

  /** Whether numbers share a scale with others of their block. */
  boolean isQuantized() {
    return decoder != null;
  }

  /** Turns one block into floats; only where {@link #isQuantized}. */
  void decode(byte[] block, int at, float[] dst, int dstPos) {
    decoder.decode(block, at, dst, dstPos);
  }
}
