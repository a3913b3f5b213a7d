package org.sparkadept.decoder.model;

/** The decoder's small formulas, each as it stands in its source. */
public final class Formulas {
  private Formulas() {}

  /**
   * Root mean square norm (Zhang and Sennrich 2019) or layer norm (Ba et al. 2016).
   *
   * @param tensors scale and shift; null for no norm, which gives {@code x} itself
   */
  public static float[] norm(NormConfig config, NormTensors tensors, float[] x) {
    if (tensors == null) {
      return x;
    }
    return config.kind() == NormKind.RMS
        ? rmsNorm(x, 0, x.length, tensors.weight(), config.eps())
        : layerNorm(x, tensors, config.eps());
  }

  /** {@code x / sqrt(mean(x²) + ε) · weight} over {@code x[from .. from + length)}. */
  public static float[] rmsNorm(float[] x, int from, int length, float[] weight, float eps) {
    double squares = 0;
    for (int i = 0; i < length; i++) {
      squares += (double) x[from + i] * x[from + i];
    }
    double scale = 1 / Math.sqrt(squares / length + eps);
    float[] y = new float[length];
    for (int i = 0; i < length; i++) {
      y[i] = (float) (x[from + i] * scale * weight[i]);
    }
    return y;
  }

  /** {@code (x - mean) / sqrt(variance + ε) · weight + bias}. */
  private static float[] layerNorm(float[] x, NormTensors tensors, float eps) {
    double mean = 0;
    for (float value : x) {
      mean += value;
    }
    mean /= x.length;
    double variance = 0;
    for (float value : x) {
      variance += (value - mean) * (value - mean);
    }
    double scale = 1 / Math.sqrt(variance / x.length + eps);
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double bias = tensors.bias() == null ? 0 : tensors.bias()[i];
      y[i] = (float) ((x[i] - mean) * scale * tensors.weight()[i] + bias);
    }
    return y;
  }

  /**
   * Rotary embedding (Su et al. 2021) of one head in place, in the half-rotation layout of Hugging
   * Face checkpoints: of its first {@code 2n} elements, n being the length of the tables, element
   * {@code i} is paired with {@code i + n}; what follows them stays as it is.
   */
  public static void rotate(float[] x, int from, float[] cos, float[] sin) {
    int half = cos.length;
    for (int i = 0; i < half; i++) {
      double a = x[from + i];
      double b = x[from + half + i];
      x[from + i] = (float) (a * cos[i] - b * sin[i]);
      x[from + half + i] = (float) (b * cos[i] + a * sin[i]);
    }
  }

  /** {@code c·tanh(score / c)}, or the score itself where c is 0. */
  public static double softCap(double score, float c) {
    return c == 0 ? score : c * Math.tanh(score / c);
  }

  public static float activate(Activation activation, float x) {
    return (float)
        switch (activation) {
          case SILU -> x / (1 + Math.exp(-x));
          case RELU -> Math.max(0, x);
          case GELU -> 0.5 * x * (1 + erf(x / Math.sqrt(2)));
          case GELU_TANH ->
              0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
        };
  }

  /**
   * The error function by its Taylor series where it converges fast, else by the continued fraction
   * of its complement (Abramowitz and Stegun 7.1.5 and 7.1.14).
   */
  static double erf(double x) {
    double z = Math.abs(x);
    double value;
    if (z < 3) {
      double term = z;
      value = z;
      for (int n = 1; Math.abs(term) > 1e-18 * value && n < 200; n++) {
        term *= -z * z / n;
        value += term / (2 * n + 1);
      }
      value *= 2 / Math.sqrt(Math.PI);
    } else {
      double fraction = z;
      for (int n = 60; n > 0; n--) {
        fraction = z + n / 2.0 / fraction;
      }
      value = 1 - Math.exp(-z * z) / (Math.sqrt(Math.PI) * fraction);
    }
    return x < 0 ? -value : value;
  }
}
