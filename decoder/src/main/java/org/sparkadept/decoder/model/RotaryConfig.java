package org.sparkadept.decoder.model;

/**
 * Rotary position embedding in Hugging Face's half-split ("rotate half") convention: within a head,
 * element {@code i < dimensions/2} and element {@code i + dimensions/2} form a pair, and at
 * position p the pair (x, y) becomes {@code (x·cos(p·f_i) − y·sin(p·f_i), y·cos(p·f_i) +
 * x·sin(p·f_i))}. The original papers pair neighbours instead; Hugging Face checkpoints are
 * permuted for this form.
 *
 * @param theta base of the frequencies
 * @param dimensions how many elements of a head turn, from its first on; even
 * @param scaling how they are stretched
 */
public record RotaryConfig(double theta, int dimensions, RotaryScaling scaling) {

  /**
   * The inverse frequencies {@code f_i = theta^(−2i/dimensions)}, scaled, in radians per token.
   *
   * @return {@code dimensions/2} frequencies
   */
  public double[] inverseFrequencies() {
    double[] frequencies = new double[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = scaling.apply(i, Math.pow(theta, -2.0 * i / dimensions));
    }
    return frequencies;
  }
}
