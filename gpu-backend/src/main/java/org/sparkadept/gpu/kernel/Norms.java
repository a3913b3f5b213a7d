package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Root mean square norm (Zhang and Sennrich 2019) and layer norm (Ba et al. 2016). */
public final class Norms {
  /** Work items of a group, which normalizes one token. */
  public static final int GROUP = 64;

  /** Section: floats of a hidden state. */
  public static final int WIDTH = 0;

  /** Section: 1 for layer norm, 0 for RMS norm. */
  public static final int LAYER_NORM = 1;

  /** Section: offset of the weight in the vectors. */
  public static final int WEIGHT = 2;

  /** Section: offset of the bias in the vectors; -1 without one. */
  public static final int BIAS = 3;

  /** Offset of ε in the vectors. */
  public static final int EPSILON = 0;

  private Norms() {}

  /**
   * Normalizes the hidden states of packed tokens: {@code x / sqrt(mean(x²) + ε) · w} or {@code (x
   * - mean) / sqrt(variance + ε) · w + b}. One group a token.
   *
   * @param hidden {@code [slots, width]}
   * @param vectors ε, weights and biases of all norms
   * @param normed receives {@code [packed, width]}
   */
  public static void normTokens(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      FloatArray hidden,
      FloatArray vectors,
      FloatArray normed) {
    int packed = context.groupIdx;
    int lane = context.localIdx;
    int lanes = context.localGroupSizeX;
    float[] partial = context.allocateFloatLocalArray(GROUP);
    int width = parameters.get(section + WIDTH);
    int from = slots.get(packed) * width;
    float mean = 0;
    if (parameters.get(section + LAYER_NORM) != 0) {
      float sum = 0;
      for (int i = lane; i < width; i += GROUP) {
        sum += hidden.get(from + i);
      }
      partial[lane] = sum;
      context.localBarrier();
      float all = 0;
      for (int i = 0; i < lanes; i++) {
        all += partial[i];
      }
      mean = all / width;
      context.localBarrier();
    }
    float squares = 0;
    for (int i = lane; i < width; i += GROUP) {
      float x = hidden.get(from + i) - mean;
      squares += x * x;
    }
    partial[lane] = squares;
    context.localBarrier();
    float total = 0;
    for (int i = 0; i < lanes; i++) {
      total += partial[i];
    }
    float scale = 1f / TornadoMath.sqrt(total / width + vectors.get(EPSILON));
    int weight = parameters.get(section + WEIGHT);
    int bias = parameters.get(section + BIAS);
    for (int i = lane; i < width; i += GROUP) {
      float y = (hidden.get(from + i) - mean) * scale * vectors.get(weight + i);
      if (bias >= 0) {
        y += vectors.get(bias + i);
      }
      normed.set(packed * width + i, y);
    }
  }
}
