package org.sparkadept.decoder.model;

/**
 * Rotary position embedding in Hugging Face's half-split ("rotate half") convention: within a head,
 * element {@code i < headDim/2} and element {@code i + headDim/2} form a pair, and at position p
 * the pair (x, y) becomes {@code (x·cos(p·f_i) − y·sin(p·f_i), y·cos(p·f_i) + x·sin(p·f_i))}. The
 * original papers pair neighbours instead; Hugging Face checkpoints are permuted for this form.
 *
 * @param theta base of the frequencies
 * @param scaling how they are stretched
 */
public record RotaryConfig(double theta, RotaryScaling scaling) {

  /**
   * The inverse frequencies {@code f_i = theta^(−2i/headDim)}, scaled, in radians per token.
   *
   * @param headDim size of a head; even
   * @return {@code headDim/2} frequencies
   */
  public double[] inverseFrequencies(int headDim) {
    double[] frequencies = new double[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = scaling.apply(Math.pow(theta, -2.0 * i / headDim));
    }
    return frequencies;
  }
}
