package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The token policy, and the exit of the tokens that it selects. */
public final class TokenPolicies {
  /** Work items of a group, which handles one token. */
  public static final int GROUP = 64;

  /** Section: floats of a hidden state. */
  public static final int WIDTH = 0;

  /** Section: floats of a token's queries. */
  public static final int QUERY_WIDTH = 1;

  /** Section: floats of a token's keys; as many values follow. */
  public static final int KEY_WIDTH = 2;

  /** Section: offset of the policy's six weights and its bias in the vectors. */
  public static final int POLICY = 3;

  /** Section: 1 for layer norm, 0 for RMS norm. */
  public static final int LAYER_NORM = 4;

  /** A scalar product and five sums of squares. */
  private static final int SUMS = 6;

  private static final float MIN_NORM = 1e-12f;
  private static final float MIN_ATTENTION = 1e-6f;

  private TokenPolicies() {}

  /**
   * The token policy's {@code π = σ(w·φ + b)} of packed tokens after an exit layer. The features φ
   * are those of {@link org.sparkadept.decoder.exit.TokenFeatures}. One group a token.
   *
   * @param before {@code [packed, width]}: hidden states before the layer
   * @param hidden {@code [slots, width]}: hidden states after the layer
   * @param queries {@code [packed, queryWidth]}
   * @param keyValues {@code [slots, 2 · keyWidth]}
   * @param classAttention {@code [slots]}: the class token's attention weight for each token
   * @param vectors the policies
   * @param preference receives {@code [slots]}: π
   */
  public static void scoreTokens(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      FloatArray before,
      FloatArray hidden,
      FloatArray queries,
      FloatArray keyValues,
      FloatArray classAttention,
      FloatArray vectors,
      FloatArray preference) {
    float[] partial = context.allocateFloatLocalArray(SUMS * GROUP);
    float[] sums = context.allocateFloatLocalArray(SUMS);
    int lane = context.localIdx;
    int lanes = context.localGroupSizeX;
    int packed = context.groupIdx;
    int slot = slots.get(packed);
    int width = parameters.get(section + WIDTH);
    int queryWidth = parameters.get(section + QUERY_WIDTH);
    int keyWidth = parameters.get(section + KEY_WIDTH);
    float dot = 0;
    float squaresBefore = 0;
    float squaresAfter = 0;
    for (int i = lane; i < width; i += GROUP) {
      float stateBefore = before.get(packed * width + i);
      float stateAfter = hidden.get(slot * width + i);
      dot += stateBefore * stateAfter;
      squaresBefore += stateBefore * stateBefore;
      squaresAfter += stateAfter * stateAfter;
    }
    float squaresQuery = 0;
    for (int i = lane; i < queryWidth; i += GROUP) {
      float value = queries.get(packed * queryWidth + i);
      squaresQuery += value * value;
    }
    float squaresKey = 0;
    float squaresValue = 0;
    for (int i = lane; i < keyWidth; i += GROUP) {
      float key = keyValues.get(slot * 2 * keyWidth + i);
      float value = keyValues.get(slot * 2 * keyWidth + keyWidth + i);
      squaresKey += key * key;
      squaresValue += value * value;
    }
    partial[lane] = dot;
    partial[GROUP + lane] = squaresBefore;
    partial[2 * GROUP + lane] = squaresAfter;
    partial[3 * GROUP + lane] = squaresQuery;
    partial[4 * GROUP + lane] = squaresKey;
    partial[5 * GROUP + lane] = squaresValue;
    context.localBarrier();
    if (lane < SUMS) {
      float sum = 0;
      for (int i = 0; i < lanes; i++) {
        sum += partial[lane * GROUP + i];
      }
      sums[lane] = sum;
    }
    context.localBarrier();
    if (lane == 0) {
      int policy = parameters.get(section + POLICY);
      float normBefore = norm(sums[1]);
      float normAfter = norm(sums[2]);
      float z = vectors.get(policy + 6);
      z += vectors.get(policy) * TornadoMath.log(normAfter);
      z += vectors.get(policy + 1) * TornadoMath.log(norm(sums[3]));
      z += vectors.get(policy + 2) * TornadoMath.log(norm(sums[4]));
      z += vectors.get(policy + 3) * TornadoMath.log(norm(sums[5]));
      z += vectors.get(policy + 4) * (sums[0] / (normBefore * normAfter));
      z += vectors.get(policy + 5) * TornadoMath.log(classAttention.get(slot) + MIN_ATTENTION);
      preference.set(slot, 1f / (1f + TornadoMath.exp(-z)));
    }
  }

  /**
   * Exits the packed tokens with {@code π ≥ τ_t}: the hidden state of such a token is replaced by
   * its norm without weights, from which the hidden state mapper makes keys and values. One group a
   * token.
   *
   * @param threshold {@code [1]}: τ_t
   * @param preference {@code [slots]}: π
   * @param vectors ε
   * @param hidden {@code [slots, width]}
   * @param exitLayers {@code [slots]}; receives the exit layer of each token that exits
   * @param exited receives {@code [packed]}: 1 if the token exits, else 0
   */
  public static void exitTokens(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      FloatArray threshold,
      FloatArray preference,
      FloatArray vectors,
      FloatArray hidden,
      IntArray exitLayers,
      IntArray exited) {
    float[] partial = context.allocateFloatLocalArray(2 * GROUP);
    int lane = context.localIdx;
    int lanes = context.localGroupSizeX;
    int packed = context.groupIdx;
    int slot = slots.get(packed);
    int width = parameters.get(section + WIDTH);
    int from = slot * width;
    float sum = 0;
    for (int i = lane; i < width; i += GROUP) {
      sum += hidden.get(from + i);
    }
    partial[lane] = sum;
    context.localBarrier();
    float mean = 0;
    if (parameters.get(section + LAYER_NORM) != 0) {
      float all = 0;
      for (int i = 0; i < lanes; i++) {
        all += partial[i];
      }
      mean = all / width;
    }
    float squares = 0;
    for (int i = lane; i < width; i += GROUP) {
      float x = hidden.get(from + i) - mean;
      squares += x * x;
    }
    partial[GROUP + lane] = squares;
    context.localBarrier();
    float total = 0;
    for (int i = 0; i < lanes; i++) {
      total += partial[GROUP + i];
    }
    float scale = 1f / TornadoMath.sqrt(total / width + vectors.get(Norms.EPSILON));
    float value = preference.get(slot);
    float limit = threshold.get(0);
    int exits = 0;
    // TornadoVM compiles ≥ to "not <", which is true for NaN.
    if (value > limit || value == limit) {
      exits = 1;
      for (int i = lane; i < width; i += GROUP) {
        hidden.set(from + i, (hidden.get(from + i) - mean) * scale);
      }
    }
    if (lane == 0) {
      exited.set(packed, exits);
      if (exits != 0) {
        exitLayers.set(slot, parameters.get(LaunchParameters.EXIT_LAYER));
      }
    }
  }

  private static float norm(float squares) {
    return TornadoMath.max(MIN_NORM, TornadoMath.sqrt(squares));
  }
}
