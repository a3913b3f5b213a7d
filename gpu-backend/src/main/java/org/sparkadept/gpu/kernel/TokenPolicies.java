package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Which tokens would leave, and what becomes of those that do. */
public final class TokenPolicies {
  /** Work items of a group; one group asks about one token. */
  public static final int GROUP = 64;

  /** Section: floats of a hidden state. */
  public static final int WIDTH = 0;

  /** Section: floats of a token's queries. */
  public static final int QUERY_WIDTH = 1;

  /** Section: floats of a token's keys; as many values follow. */
  public static final int KEY_WIDTH = 2;

  /** Section: where the policy's six weights and its bias begin in the vectors. */
  public static final int POLICY = 3;

  /** Section: 1 for layer norm, 0 for root mean square. */
  public static final int LAYER = 4;

  /** A scalar product and five sums of squares. */
  private static final int SUMS = 6;

  private static final float LEAST_NORM = 1e-12f;
  private static final float LEAST_ATTENTION = 1e-6f;

  private TokenPolicies() {}

  /**
   * The token policy's {@code π = σ(w·φ + b)} of packed tokens after their exit layer; φ is told by
   * {@link org.sparkadept.decoder.exit.TokenFeatures}. One group a token.
   *
   * @param before {@code [packed, width]}: the hidden states before the layer
   * @param hidden {@code [tokens of the arena, width]}: those after it
   * @param queries {@code [packed, queryWidth]}
   * @param keyValues {@code [tokens of the arena, 2 · keyWidth]}
   * @param paid {@code [tokens of the arena]}: the class token's attention
   * @param vectors the policies
   * @param preference receives {@code [tokens of the arena]}: π
   */
  public static void askPolicy(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      FloatArray before,
      FloatArray hidden,
      FloatArray queries,
      FloatArray keyValues,
      FloatArray paid,
      FloatArray vectors,
      FloatArray preference) {
    float[] partial = context.allocateFloatLocalArray(SUMS * GROUP);
    float[] sums = context.allocateFloatLocalArray(SUMS);
    int lane = context.localIdx;
    int lanes = context.localGroupSizeX;
    int packed = context.groupIdx;
    int token = tokens.get(packed);
    int width = call.get(section + WIDTH);
    int queryWidth = call.get(section + QUERY_WIDTH);
    int keyWidth = call.get(section + KEY_WIDTH);
    float dot = 0;
    float squaresBefore = 0;
    float squaresAfter = 0;
    for (int i = lane; i < width; i += GROUP) {
      float old = before.get(packed * width + i);
      float now = hidden.get(token * width + i);
      dot += old * now;
      squaresBefore += old * old;
      squaresAfter += now * now;
    }
    float squaresQuery = 0;
    for (int i = lane; i < queryWidth; i += GROUP) {
      float value = queries.get(packed * queryWidth + i);
      squaresQuery += value * value;
    }
    float squaresKey = 0;
    float squaresValue = 0;
    for (int i = lane; i < keyWidth; i += GROUP) {
      float key = keyValues.get(token * 2 * keyWidth + i);
      float value = keyValues.get(token * 2 * keyWidth + keyWidth + i);
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
      int policy = call.get(section + POLICY);
      float normBefore = length(sums[1]);
      float normAfter = length(sums[2]);
      float z = vectors.get(policy + 6);
      z += vectors.get(policy) * TornadoMath.log(normAfter);
      z += vectors.get(policy + 1) * TornadoMath.log(length(sums[3]));
      z += vectors.get(policy + 2) * TornadoMath.log(length(sums[4]));
      z += vectors.get(policy + 3) * TornadoMath.log(length(sums[5]));
      z += vectors.get(policy + 4) * (sums[0] / (normBefore * normAfter));
      z += vectors.get(policy + 5) * TornadoMath.log(paid.get(token) + LEAST_ATTENTION);
      preference.set(token, 1f / (1f + TornadoMath.exp(-z)));
    }
  }

  /**
   * Lets packed tokens leave that prefer to: what is left of one is its hidden state under the
   * model's norm without weights. One group a token.
   *
   * @param threshold {@code [1]}: τ_t
   * @param preference {@code [tokens of the arena]}: π
   * @param vectors ε
   * @param hidden {@code [tokens of the arena, width]}
   * @param leftAfter receives the exit layer of each that leaves
   * @param gone receives {@code [packed]}: 1 where the token leaves, else 0
   */
  public static void leaveTokens(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      FloatArray threshold,
      FloatArray preference,
      FloatArray vectors,
      FloatArray hidden,
      IntArray leftAfter,
      IntArray gone) {
    float[] partial = context.allocateFloatLocalArray(2 * GROUP);
    int lane = context.localIdx;
    int lanes = context.localGroupSizeX;
    int packed = context.groupIdx;
    int token = tokens.get(packed);
    int width = call.get(section + WIDTH);
    int from = token * width;
    float sum = 0;
    for (int i = lane; i < width; i += GROUP) {
      sum += hidden.get(from + i);
    }
    partial[lane] = sum;
    context.localBarrier();
    float mean = 0;
    if (call.get(section + LAYER) != 0) {
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
    float wish = preference.get(token);
    float bound = threshold.get(0);
    int leaves = 0;
    // TornadoVM takes ≥ for "not <", which lets NaN through.
    if (wish > bound || wish == bound) {
      leaves = 1;
      for (int i = lane; i < width; i += GROUP) {
        hidden.set(from + i, (hidden.get(from + i) - mean) * scale);
      }
    }
    if (lane == 0) {
      gone.set(packed, leaves);
      if (leaves != 0) {
        leftAfter.set(token, call.get(Call.EXIT));
      }
    }
  }

  private static float length(float squares) {
    return TornadoMath.max(LEAST_NORM, TornadoMath.sqrt(squares));
  }
}
