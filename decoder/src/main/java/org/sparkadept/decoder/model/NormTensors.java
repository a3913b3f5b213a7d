package org.sparkadept.decoder.model;

import java.util.Arrays;

/**
 * A normalization's scale and shift.
 *
 * @param weight [width]; multiplied as it is, what a family adds to it (Gemma's 1) being in it
 * @param bias [width]; null for {@link NormKind#RMS}, and where a layer norm has none
 */
public record NormTensors(float[] weight, float[] bias) {
  /**
   * A normalization that neither scales nor shifts.
   *
   * @param width number of elements
   * @return weights of one, no bias
   */
  public static NormTensors plain(int width) {
    float[] weight = new float[width];
    Arrays.fill(weight, 1);
    return new NormTensors(weight, null);
  }
}
