package org.sparkadept.decoder.compute.onednn;

/**
 * Softmax in plain Java. The exponential is {@code 2ⁿ·eʳ} with {@code x = n·ln 2 + r}, {@code |r| ≤
 * ln 2 / 2}, and its Taylor polynomial of degree 7 for {@code eʳ}, which is off by 5e-9 at most: in
 * single precision that is exact but for rounding, and the compiler makes vector instructions of
 * it.
 */
final class Softmax {
  /** Smaller exponents count as this one, whose weight is below 1e-37. */
  private static final float LEAST = -86;

  private static final float LOG2_E = 1.442695f;

  /**
   * The natural logarithm of 2 in two parts: products of the first with small integers are exact.
   */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** Added and taken away again, it rounds to the nearest integer. */
  private static final float ROUNDING = 3 << 22;

  /** {@code 2⁻ⁿ} at n. */
  private static final float[] POWERS = new float[126];

  static {
    for (int n = 0; n < POWERS.length; n++) {
      POWERS[n] = (float) Math.pow(2, -n);
    }
  }

  private float[] exponents = {};

  /** Replaces {@code values[from .. from + count)} by their softmax. */
  void apply(float[] values, int from, int count) {
    exponents = exponents.length >= count ? exponents : new float[count];
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + count; i++) {
      largest = values[i] > largest ? values[i] : largest;
    }
    for (int i = 0; i < count; i++) {
      float x = Math.max(LEAST, values[from + i] - largest);
      float n = (x * LOG2_E + ROUNDING) - ROUNDING;
      float r = (x - n * LN2_HIGH) - n * LN2_LOW;
      exponents[i] = n;
      values[from + i] = taylor(r);
    }
    float sum = 0;
    for (int i = 0; i < count; i++) {
      values[from + i] *= POWERS[(int) -exponents[i]];
      sum += values[from + i];
    }
    for (int i = from; i < from + count; i++) {
      values[i] /= sum;
    }
  }

  private static float taylor(float r) {
    float high = 1f / 24 + r * (1f / 120 + r * (1f / 720 + r * (1f / 5040)));
    return 1 + r * (1 + r * (1f / 2 + r * (1f / 6 + r * high)));
  }
}
