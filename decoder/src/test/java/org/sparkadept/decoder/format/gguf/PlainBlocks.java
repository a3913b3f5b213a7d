package org.sparkadept.decoder.format.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.sparkadept.decoder.tensor.HalfPrecision;

/**
 * Quantized blocks number by number, as the format describes them: slowly, and with no code in
 * common with what is tested but F16.
 */
final class PlainBlocks {
  private final ByteBuffer block;

  private PlainBlocks(ByteBuffer block) {
    this.block = block;
  }

  static float[] decode(String type, byte[] bytes, int at) {
    ByteBuffer block = ByteBuffer.wrap(bytes, at, bytes.length - at).slice();
    PlainBlocks plain = new PlainBlocks(block.order(ByteOrder.LITTLE_ENDIAN));
    float[] numbers = new float[type.endsWith("K") ? 256 : 32];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          switch (type) {
            case "Q4_0" -> plain.half(0) * (plain.nibble(2, i) - 8);
            case "Q4_1" -> plain.half(0) * plain.nibble(4, i) + plain.half(2);
            case "Q5_0" -> plain.half(0) * (plain.nibble(6, i) + 16 * plain.bit(2, i) - 16);
            case "Q5_1" ->
                plain.half(0) * (plain.nibble(8, i) + 16 * plain.bit(4, i)) + plain.half(2);
            case "Q8_0" -> plain.half(0) * plain.block.get(2 + i);
            case "Q4_K" -> plain.scaled(i, plain.quarterByte(16, i));
            case "Q5_K" -> plain.scaled(i, plain.quarterByte(48, i) + 16 * plain.fifth(i));
            case "Q6_K" -> plain.half(208) * plain.block.get(192 + i / 16) * plain.six(i);
            default -> throw new IllegalArgumentException(type);
          };
    }
    return numbers;
  }

  private float half(int at) {
    return HalfPrecision.fromF16(block.getShort(at));
  }

  /** Unsigned byte. */
  private int u8(int at) {
    return Byte.toUnsignedInt(block.get(at));
  }

  /** Number i of 32 in 16 bytes: the first 16 in the lower halves, the others in the upper. */
  private int nibble(int from, int i) {
    return i < 16 ? u8(from + i) % 16 : u8(from + i - 16) / 16;
  }

  /** Bit i of a word. */
  private int bit(int from, int i) {
    return u8(from + i / 8) / (1 << i % 8) % 2;
  }

  /** Number i of 256 in 128 bytes: by 64, the first 32 in the lower halves. */
  private int quarterByte(int from, int i) {
    int value = u8(from + i / 64 * 32 + i % 32);
    return i % 64 < 32 ? value % 16 : value / 16;
  }

  /** Fifth bit of Q5_K: bit i/32 of byte i%32. */
  private int fifth(int i) {
    return u8(16 + i % 32) / (1 << i / 32) % 2;
  }

  /** Q4_K and Q5_K: six bits of scale and of minimum for each 32 numbers. */
  private float scaled(int i, int q) {
    int j = i / 32;
    int scale;
    int minimum;
    if (j < 4) {
      scale = u8(4 + j) % 64;
      minimum = u8(8 + j) % 64;
    } else {
      scale = u8(8 + j) % 16 + u8(j) / 64 * 16;
      minimum = u8(8 + j) / 16 + u8(4 + j) / 64 * 16;
    }
    float step = half(0) * scale;
    float offset = half(2) * minimum;
    return step * q - offset;
  }

  /** Q6_K: four bits in ql, two in qh, minus 32. */
  private int six(int i) {
    int inHalf = i % 128;
    int low = u8(i / 128 * 64 + inHalf % 64);
    int high = u8(128 + i / 128 * 32 + inHalf % 32);
    int four = inHalf < 64 ? low % 16 : low / 16;
    int two = high / (1 << 2 * (inHalf / 32)) % 4;
    return four + 16 * two - 32;
  }
}
