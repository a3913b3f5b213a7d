package org.sparkadept.decoder.exit;

/**
 * The token policy of one exit layer: {@code π = σ(w·φ + b)}, and a token leaves where {@code π ≥
 * τ}. See {@link TokenFeatures} for φ.
 *
 * @param weight {@code w} {@code [6]}
 * @param bias {@code b}
 */
public record TokenPolicy(float[] weight, float bias) {
  /**
   * @param features φ {@code [6]}
   * @return π in [0, 1]
   */
  public float value(double[] features) {
    double z = bias;
    for (int i = 0; i < weight.length; i++) {
      z += weight[i] * features[i];
    }
    return (float) (1 / (1 + Math.exp(-z)));
  }
}
