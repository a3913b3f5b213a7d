package org.sparkadept.decoder.model;

import org.sparkadept.decoder.tensor.Matrix;

/**
 * A projection {@code y = W·x + b}.
 *
 * @param weight W, [out, in]
 * @param bias b, [out]; null without one
 */
public record LinearTensors(Matrix weight, float[] bias) {}
