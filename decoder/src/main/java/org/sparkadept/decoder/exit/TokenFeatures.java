package org.sparkadept.decoder.exit;

/**
 * What the token policy looks at: {@code φ = [log‖h_e‖, log‖q‖, log‖k‖, log‖v‖, cos(h_e, h_{e−1}),
 * log(a + 1e-6)]} of a token after exit layer e. The vectors q, k, v are those of layer e over all
 * heads, as its attention uses them: with bias and, where the family has it, after the norm of each
 * head (the rotary embedding changes no length). {@code a} is the attention weight of the class
 * token on the token in layer e, mean over heads. Logarithms are natural.
 */
public final class TokenFeatures {
  /** Number of features. */
  public static final int COUNT = 6;

  private static final double LEAST_NORM = 1e-12;
  private static final double LEAST_ATTENTION = 1e-6;

  private TokenFeatures() {}

  /**
   * @param before {@code h_{e−1}}, at {@code beforeAt}
   * @param after {@code h_e}, at {@code afterAt}
   * @param width length of both
   * @param squares {@code [3]}: the sums of squares of q, k and v
   * @param attention a
   * @param features receives φ {@code [6]}
   */
  public static void fill(
      float[] before,
      int beforeAt,
      float[] after,
      int afterAt,
      int width,
      double[] squares,
      double attention,
      double[] features) {
    double squaresBefore = 0;
    double squaresAfter = 0;
    double dot = 0;
    for (int i = 0; i < width; i++) {
      double x = before[beforeAt + i];
      double y = after[afterAt + i];
      squaresBefore += x * x;
      squaresAfter += y * y;
      dot += x * y;
    }
    double normAfter = norm(squaresAfter);
    features[0] = Math.log(normAfter);
    features[1] = Math.log(norm(squares[0]));
    features[2] = Math.log(norm(squares[1]));
    features[3] = Math.log(norm(squares[2]));
    features[4] = dot / (norm(squaresBefore) * normAfter);
    features[5] = Math.log(attention + LEAST_ATTENTION);
  }

  /**
   * Sum of the squares of {@code x[from .. from + length)}; four sums side by side, which do not
   * wait for each other.
   */
  public static double squares(float[] x, int from, int length) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int end = from + length;
    int i = from;
    for (; i < end - 3; i += 4) {
      s0 += (double) x[i] * x[i];
      s1 += (double) x[i + 1] * x[i + 1];
      s2 += (double) x[i + 2] * x[i + 2];
      s3 += (double) x[i + 3] * x[i + 3];
    }
    for (; i < end; i++) {
      s0 += (double) x[i] * x[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  private static double norm(double squares) {
    return Math.max(LEAST_NORM, Math.sqrt(squares));
  }
}
