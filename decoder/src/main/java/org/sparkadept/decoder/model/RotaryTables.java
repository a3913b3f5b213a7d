package org.sparkadept.decoder.model;

/**
 * Cosines and sines of the rotary embedding (Su et al. 2021): {@code cos(p · f_i)} and {@code sin(p
 * · f_i)} for position {@code p} and inverse frequency {@code f_i}, times the scaling's amplitude.
 *
 * @param cos {@code [positions][dimensions / 2]}
 * @param sin {@code [positions][dimensions / 2]}
 */
public record RotaryTables(float[][] cos, float[][] sin) {

  /**
   * @param rotary the frequencies
   * @param positions how many positions are needed
   * @return the tables
   */
  public static RotaryTables of(RotaryConfig rotary, int positions) {
    double[] frequencies = rotary.inverseFrequencies();
    double amplitude = rotary.scaling().amplitude();
    float[][] cos = new float[positions][frequencies.length];
    float[][] sin = new float[positions][frequencies.length];
    for (int p = 0; p < positions; p++) {
      for (int i = 0; i < frequencies.length; i++) {
        cos[p][i] = (float) (amplitude * Math.cos(p * frequencies[i]));
        sin[p][i] = (float) (amplitude * Math.sin(p * frequencies[i]));
      }
    }
    return new RotaryTables(cos, sin);
  }
}
