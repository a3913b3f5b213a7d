package org.sparkadept.decoder.tensor;

/**
 * Conversions between float and the two 16-bit formats. Decoding is exact, NaN payloads included;
 * encoding rounds to the nearest, ties to even.
 */
public final class HalfPrecision {
  private HalfPrecision() {}

  /** BF16 to float: it is the upper half of one. */
  public static float fromBf16(short half) {
    return Float.intBitsToFloat(half << 16);
  }

  /**
   * F16 to float. Shifted into float's fields, exponent and fraction stand for a number 2^112 too
   * small (the biases are 15 and 127); the product is exact, and it normalizes subnormals too.
   */
  public static float fromF16(short half) {
    int fields = (half & 0x7fff) << 13;
    int magnitude = Float.floatToRawIntBits(Float.intBitsToFloat(fields) * 0x1p112f);
    if ((half & 0x7c00) == 0x7c00) {
      magnitude = fields | 0x7f800000;
    }
    return Float.intBitsToFloat(magnitude | ((half & 0x8000) << 16));
  }

  /** Float to BF16; what is out of range becomes infinite, NaN stays NaN. */
  public static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /** Float to F16; what is out of range becomes infinite, NaN stays NaN. */
  public static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff));
    }
    if (magnitude >= 0x47800000) { // 2^16 and more
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x38800000) { // below 2^-14: subnormal, a multiple of 2^-24
      return (short) (sign | (int) Math.rint(Math.abs((double) value) * 0x1p24));
    }
    int rebiased = magnitude - (112 << 23);
    return (short) (sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13));
  }
}
