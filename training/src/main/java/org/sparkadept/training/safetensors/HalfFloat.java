package org.sparkadept.training.safetensors;

/** Conversion between single and half precision, as IEEE 754 has it. */
public final class HalfFloat {
  private static final int MANTISSA_SHIFT = 13;
  private static final float LARGEST = 65504f;
  private static final float SUBNORMAL_UNIT = 0x1p-24f;
  private static final float SMALLEST_NORMAL = 0x1p-14f;

  private HalfFloat() {}

  /** Nearest half to a float, ties to even; too large values become infinite. */
  public static short of(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= LARGEST + 16f) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < SMALLEST_NORMAL) {
      return (short) (sign | (int) Math.rint(magnitude / SUBNORMAL_UNIT));
    }
    int absolute = bits & 0x7fffffff;
    int even = (absolute >>> MANTISSA_SHIFT) & 1;
    int rounded = absolute + (1 << (MANTISSA_SHIFT - 1)) - 1 + even;
    return (short) (sign | ((rounded - ((127 - 15) << 23)) >>> MANTISSA_SHIFT));
  }

  /** The float that equals a half. */
  public static float toFloat(short half) {
    int exponent = (half >>> 10) & 0x1f;
    int mantissa = half & 0x3ff;
    float magnitude;
    if (exponent == 0) {
      magnitude = mantissa * SUBNORMAL_UNIT;
    } else if (exponent == 0x1f) {
      magnitude = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      magnitude =
          Float.intBitsToFloat(((exponent + 127 - 15) << 23) | (mantissa << MANTISSA_SHIFT));
    }
    return (half & 0x8000) == 0 ? magnitude : -magnitude;
  }
}
