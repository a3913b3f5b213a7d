package org.sparkadept.decoder.compute.onednn;

/**
 * Softmax in plain Java. The exponential is {@code 2ⁿ·eʳ} with {@code x = n·ln 2 + r}, {@code |r| ≤
 * ln 2 / 2}, and the Taylor polynomial of degree 7 for {@code eʳ}, which is off by 5e-9 at most: in
 * single precision that is exact but for rounding.
 */
final class Softmax {
  /** Smaller exponents count as this one, whose weight is below 1e-37. */
  private static final float LEAST = -86;

  private static final float LOG2_E = 1.442695f;

  /** The logarithm of 2 in two parts: products of the first with small integers are exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** Added and taken away again, it rounds to the nearest integer. */
  private static final float ROUNDING = 3 << 22;

  private static final int EXPONENT_BIAS = 127;
  private static final int EXPONENT_SHIFT = 23;

  private Softmax() {}

  /** Replaces {@code values[from .. from + count)} by their softmax. */
  static void apply(float[] values, int from, int count) {
    int end = from + count;
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = from; i < end; i++) {
      largest = values[i] > largest ? values[i] : largest;
    }
    float sum = 0;
    for (int i = from; i < end; i++) {
      values[i] = exp(values[i] - largest);
      sum += values[i];
    }
    for (int i = from; i < end; i++) {
      values[i] /= sum;
    }
  }

  /**
   * @param x at most 0, or not a number
   */
  private static float exp(float x) {
    float clamped = x < LEAST ? LEAST : x;
    float n = (clamped * LOG2_E + ROUNDING) - ROUNDING;
    float r = (clamped - n * LN2_HIGH) - n * LN2_LOW;
    float high = 1f / 24 + r * (1f / 120 + r * (1f / 720 + r * (1f / 5040)));
    float power = 1 + r * (1 + r * (1f / 2 + r * (1f / 6 + r * high)));
    return power * Float.intBitsToFloat(((int) n + EXPONENT_BIAS) << EXPONENT_SHIFT);
  }
}
