package org.sparkadept.decoder.model;

/**
 * A normalization's scale and shift.
 *
 * @param weight [width]; multiplied as it is
 * @param bias [width]; null for {@link NormKind#RMS}
 */
public record NormTensors(float[] weight, float[] bias) {}
