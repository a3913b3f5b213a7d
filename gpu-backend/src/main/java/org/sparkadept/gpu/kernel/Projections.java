package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@code y = W·x + b} for packed tokens, with a fused epilogue: y is stored, added to the residual,
 * activated or multiplied by a gate.
 *
 * <p>A group of 16 by 16 items computes a tile of 64 tokens by 64 outputs, each item 4 by 4 of it.
 * The inputs go through local memory in steps of {@value #STEP}. The order in which an element is
 * summed does not depend on the batch.
 */
public final class Projections {
  /** Tokens, and outputs, of a tile. */
  public static final int TILE = 64;

  /** Items of a group in each direction. */
  public static final int GROUP = 16;

  /** Section: inputs. */
  public static final int IN = 0;

  /** Section: outputs. */
  public static final int OUT = 1;

  /** Section: where W begins in the weights. */
  public static final int WEIGHT = 2;

  /** Section: where b begins in the vectors; -1 without one. */
  public static final int BIAS = 3;

  /** Section: the epilogue, {@link #STORE} and the like. */
  public static final int EPILOGUE = 4;

  /** Section: activation: {@link #SILU} and the like. */
  public static final int ACTIVATION = 5;

  /** Section: 1 if x is indexed by slot, 0 if it is packed. */
  public static final int BY_SLOT = 6;

  /** Epilogue: y is stored packed. */
  public static final int STORE = 0;

  /** Epilogue: y is stored at the token's slot. */
  public static final int STORE_BY_SLOT = 1;

  /** Epilogue: y is added to what is at the token's slot. */
  public static final int ADD_BY_SLOT = 2;

  /** Epilogue: the activation of y is stored packed. */
  public static final int ACTIVATE = 3;

  /** Epilogue: y times the activation of the packed value already there. */
  public static final int GATE = 4;

  /** {@code x · σ(x)}. */
  public static final int SILU = 0;

  /** {@code x · Φ(x)}. */
  public static final int GELU = 1;

  /** {@code x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))}. */
  public static final int GELU_TANH = 2;

  /** {@code max(x, 0)}. */
  public static final int RELU = 3;

  private static final int STEP = 16;
  private static final int ITEMS = GROUP * GROUP;

  /** Rows of a tile that the group copies at once. */
  private static final int ROWS = ITEMS / STEP;

  /** Floats from one k to the next. With TILE, all copies of a line would hit the same bank. */
  private static final int LINE = TILE + 4;

  private static final int STORES = TILE * TILE / ITEMS;

  private Projections() {}

  /**
   * Projects packed tokens.
   *
   * @param x {@code [packed, in]}, or {@code [slots, in]}
   * @param weights W, {@code [out, in]}, from {@link #WEIGHT} on
   * @param vectors b, {@code [out]}, from {@link #BIAS} on
   * @param y receives {@code [packed, out]}, or {@code [slots, out]}
   */
  public static void projectTokens(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      FloatArray x,
      FloatArray weights,
      FloatArray vectors,
      FloatArray y) {
    project(context, parameters, section, slots, x, weights, null, false, vectors, y);
  }

  /** {@link #projectTokens} with W in half precision. */
  public static void projectTokensHalf(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      FloatArray x,
      HalfFloatArray weights,
      FloatArray vectors,
      FloatArray y) {
    project(context, parameters, section, slots, x, null, weights, true, vectors, y);
  }

  private static void project(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      FloatArray x,
      FloatArray weights,
      HalfFloatArray halfWeights,
      boolean half,
      FloatArray vectors,
      FloatArray y) {
    float[] inputs = context.allocateFloatLocalArray(STEP * LINE);
    float[] columns = context.allocateFloatLocalArray(STEP * LINE);
    float[] products = context.allocateFloatLocalArray(TILE * TILE);
    int lane = context.localIdy * GROUP + context.localIdx;
    int firstToken = context.groupIdy * TILE;
    int firstOut = context.groupIdx * TILE;
    int count = parameters.get(LaunchParameters.TOKENS);
    int in = parameters.get(section + IN);
    int out = parameters.get(section + OUT);
    int weight = parameters.get(section + WEIGHT);
    int bySlot = parameters.get(section + BY_SLOT);
    int line = lane / STEP;
    int depth = lane - line * STEP;
    int cell = depth * LINE + line;
    int token = firstToken + line;
    int x0 = in * inputRow(slots, token, count, bySlot);
    int x1 = in * inputRow(slots, token + ROWS, count, bySlot);
    int x2 = in * inputRow(slots, token + 2 * ROWS, count, bySlot);
    int x3 = in * inputRow(slots, token + 3 * ROWS, count, bySlot);
    int output = firstOut + line;
    int w0 = weight + in * present(output, out);
    int w1 = weight + in * present(output + ROWS, out);
    int w2 = weight + in * present(output + 2 * ROWS, out);
    int w3 = weight + in * present(output + 3 * ROWS, out);
    int row = context.localIdy * 4;
    int column = context.localIdx * 4;
    float s00 = 0;
    float s01 = 0;
    float s02 = 0;
    float s03 = 0;
    float s10 = 0;
    float s11 = 0;
    float s12 = 0;
    float s13 = 0;
    float s20 = 0;
    float s21 = 0;
    float s22 = 0;
    float s23 = 0;
    float s30 = 0;
    float s31 = 0;
    float s32 = 0;
    float s33 = 0;
    for (int step = 0; step < in; step += STEP) {
      int k = step + depth;
      boolean inside = k < in;
      int from = inside ? k : 0;
      float element0 = half ? halfWeights.get(w0 + from).getFloat32() : weights.get(w0 + from);
      float element1 = half ? halfWeights.get(w1 + from).getFloat32() : weights.get(w1 + from);
      float element2 = half ? halfWeights.get(w2 + from).getFloat32() : weights.get(w2 + from);
      float element3 = half ? halfWeights.get(w3 + from).getFloat32() : weights.get(w3 + from);
      inputs[cell] = inside ? x.get(x0 + from) : 0f;
      inputs[cell + ROWS] = inside ? x.get(x1 + from) : 0f;
      inputs[cell + 2 * ROWS] = inside ? x.get(x2 + from) : 0f;
      inputs[cell + 3 * ROWS] = inside ? x.get(x3 + from) : 0f;
      columns[cell] = inside ? element0 : 0f;
      columns[cell + ROWS] = inside ? element1 : 0f;
      columns[cell + 2 * ROWS] = inside ? element2 : 0f;
      columns[cell + 3 * ROWS] = inside ? element3 : 0f;
      context.localBarrier();
      for (int at = 0; at < STEP * LINE; at += LINE) {
        float a0 = inputs[at + row];
        float a1 = inputs[at + row + 1];
        float a2 = inputs[at + row + 2];
        float a3 = inputs[at + row + 3];
        float b0 = columns[at + column];
        float b1 = columns[at + column + 1];
        float b2 = columns[at + column + 2];
        float b3 = columns[at + column + 3];
        s00 += a0 * b0;
        s01 += a0 * b1;
        s02 += a0 * b2;
        s03 += a0 * b3;
        s10 += a1 * b0;
        s11 += a1 * b1;
        s12 += a1 * b2;
        s13 += a1 * b3;
        s20 += a2 * b0;
        s21 += a2 * b1;
        s22 += a2 * b2;
        s23 += a2 * b3;
        s30 += a3 * b0;
        s31 += a3 * b1;
        s32 += a3 * b2;
        s33 += a3 * b3;
      }
      context.localBarrier();
    }
    int corner = row * TILE + column;
    products[corner] = s00;
    products[corner + 1] = s01;
    products[corner + 2] = s02;
    products[corner + 3] = s03;
    products[corner + TILE] = s10;
    products[corner + TILE + 1] = s11;
    products[corner + TILE + 2] = s12;
    products[corner + TILE + 3] = s13;
    products[corner + 2 * TILE] = s20;
    products[corner + 2 * TILE + 1] = s21;
    products[corner + 2 * TILE + 2] = s22;
    products[corner + 2 * TILE + 3] = s23;
    products[corner + 3 * TILE] = s30;
    products[corner + 3 * TILE + 1] = s31;
    products[corner + 3 * TILE + 2] = s32;
    products[corner + 3 * TILE + 3] = s33;
    context.localBarrier();
    int bias = parameters.get(section + BIAS);
    int epilogue = parameters.get(section + EPILOGUE);
    int activation = parameters.get(section + ACTIVATION);
    for (int store = 0; store < STORES; store++) {
      int stored = store * ITEMS + lane;
      int storedLine = stored / TILE;
      int packed = firstToken + storedLine;
      int o = firstOut + stored - storedLine * TILE;
      if (packed < count && o < out) {
        float value = products[stored];
        storeElement(slots, vectors, y, bias, epilogue, activation, out, packed, o, value);
      }
    }
  }

  /** The row of x of a packed token; past the end any row, as its products are not stored. */
  static int inputRow(IntArray slots, int packed, int count, int bySlot) {
    int present = present(packed, count);
    return bySlot == 0 ? present : slots.get(present);
  }

  /** The line itself; past the end the first line, as its products are not stored. */
  static int present(int line, int count) {
    return line < count ? line : 0;
  }

  /** The epilogue of one element of W·x. */
  static void storeElement(
      IntArray slots,
      FloatArray vectors,
      FloatArray y,
      int bias,
      int epilogue,
      int activation,
      int out,
      int packed,
      int output,
      float product) {
    float value = product;
    if (bias >= 0) {
      value += vectors.get(bias + output);
    }
    int row = packed;
    if (epilogue == STORE_BY_SLOT || epilogue == ADD_BY_SLOT) {
      row = slots.get(packed);
    }
    int at = row * out + output;
    if (epilogue == ADD_BY_SLOT) {
      value += y.get(at);
    } else if (epilogue == ACTIVATE) {
      value = activate(activation, value);
    } else if (epilogue == GATE) {
      value = value * activate(activation, y.get(at));
    }
    y.set(at, value);
  }

  private static float activate(int activation, float x) {
    float y;
    if (activation == SILU) {
      y = x / (1f + TornadoMath.exp(-x));
    } else if (activation == GELU) {
      y = 0.5f * x * (1f + erf(x * 0.70710678f));
    } else if (activation == GELU_TANH) {
      // With exp, because PTX's tanh.approx has errors of up to 2^-11.
      y = x / (1f + TornadoMath.exp(-1.5957691f * (x + 0.044715f * x * x * x)));
    } else {
      y = TornadoMath.max(x, 0f);
    }
    return y;
  }

  /** The error function within 1.5e-7 (Abramowitz and Stegun 7.1.26). */
  private static float erf(float x) {
    float z = TornadoMath.abs(x);
    float t = 1f / (1f + 0.3275911f * z);
    float series =
        t
            * (0.254829592f
                + t
                    * (-0.284496736f
                        + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
    float value = 1f - series * TornadoMath.exp(-z * z);
    return x < 0f ? -value : value;
  }
}
