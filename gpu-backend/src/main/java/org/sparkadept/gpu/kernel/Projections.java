package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@code y = W·x + b} for packed tokens, and what is done with y at once: stored, added to a
 * residual, activated, multiplied with a gate.
 *
 * <p>A group of 16 by 16 items makes a tile of 64 tokens by 64 outputs, each item 4 by 4 of it. The
 * inputs go through local memory in steps of {@value #STEP}. Every element is summed in one order,
 * whatever the batch.
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

  /** Section: what is done with y. */
  public static final int EPILOGUE = 4;

  /** Section: activation: {@link #SILU} and the like. */
  public static final int ACTIVATION = 5;

  /** Section: 1 where x is read at the token's place in the arena, 0 where x is packed. */
  public static final int IN_PLACE = 6;

  /** Epilogue: y to the packed token's place. */
  public static final int STORE = 0;

  /** Epilogue: y to the token's place in the arena. */
  public static final int STORE_IN_PLACE = 1;

  /** Epilogue: y is added at the token's place in the arena. */
  public static final int ADD_IN_PLACE = 2;

  /** Epilogue: the activation of y to the packed token's place. */
  public static final int ACTIVATE = 3;

  /** Epilogue: y times the activation of what stands at the packed token's place. */
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

  /** Lines of a tile that the group copies at once. */
  private static final int ROWS = ITEMS / STEP;

  /** Floats from one k to the next: with TILE, copies of a line would all meet in one bank. */
  private static final int LINE = TILE + 4;

  private static final int STORES = TILE * TILE / ITEMS;

  private Projections() {}

  /**
   * Projects packed tokens.
   *
   * @param x {@code [packed, in]}, or {@code [tokens of the arena, in]}
   * @param weights W, {@code [out, in]}, from {@link #WEIGHT} on
   * @param vectors b, {@code [out]}, from {@link #BIAS} on
   * @param y receives {@code [packed, out]}, or {@code [tokens of the arena, out]}
   */
  public static void projectTokens(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      FloatArray x,
      FloatArray weights,
      FloatArray vectors,
      FloatArray y) {
    project(context, call, section, tokens, x, weights, null, false, vectors, y);
  }

  /** The same with W in half precision. */
  public static void projectTokensByHalves(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      FloatArray x,
      HalfFloatArray weights,
      FloatArray vectors,
      FloatArray y) {
    project(context, call, section, tokens, x, null, weights, true, vectors, y);
  }

  private static void project(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      FloatArray x,
      FloatArray weights,
      HalfFloatArray halves,
      boolean halved,
      FloatArray vectors,
      FloatArray y) {
    float[] inputs = context.allocateFloatLocalArray(STEP * LINE);
    float[] columns = context.allocateFloatLocalArray(STEP * LINE);
    float[] products = context.allocateFloatLocalArray(TILE * TILE);
    int lane = context.localIdy * GROUP + context.localIdx;
    int firstToken = context.groupIdy * TILE;
    int firstOut = context.groupIdx * TILE;
    int count = call.get(Call.TOKENS);
    int in = call.get(section + IN);
    int out = call.get(section + OUT);
    int weight = call.get(section + WEIGHT);
    int inPlace = call.get(section + IN_PLACE);
    int line = lane / STEP;
    int depth = lane - line * STEP;
    int cell = depth * LINE + line;
    int token = firstToken + line;
    int x0 = in * place(tokens, token, count, inPlace);
    int x1 = in * place(tokens, token + ROWS, count, inPlace);
    int x2 = in * place(tokens, token + 2 * ROWS, count, inPlace);
    int x3 = in * place(tokens, token + 3 * ROWS, count, inPlace);
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
      boolean there = k < in;
      int from = there ? k : 0;
      float element0 = halved ? halves.get(w0 + from).getFloat32() : weights.get(w0 + from);
      float element1 = halved ? halves.get(w1 + from).getFloat32() : weights.get(w1 + from);
      float element2 = halved ? halves.get(w2 + from).getFloat32() : weights.get(w2 + from);
      float element3 = halved ? halves.get(w3 + from).getFloat32() : weights.get(w3 + from);
      inputs[cell] = there ? x.get(x0 + from) : 0f;
      inputs[cell + ROWS] = there ? x.get(x1 + from) : 0f;
      inputs[cell + 2 * ROWS] = there ? x.get(x2 + from) : 0f;
      inputs[cell + 3 * ROWS] = there ? x.get(x3 + from) : 0f;
      columns[cell] = there ? element0 : 0f;
      columns[cell + ROWS] = there ? element1 : 0f;
      columns[cell + 2 * ROWS] = there ? element2 : 0f;
      columns[cell + 3 * ROWS] = there ? element3 : 0f;
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
    int bias = call.get(section + BIAS);
    int epilogue = call.get(section + EPILOGUE);
    int activation = call.get(section + ACTIVATION);
    for (int store = 0; store < STORES; store++) {
      int stored = store * ITEMS + lane;
      int storedLine = stored / TILE;
      int packed = firstToken + storedLine;
      int o = firstOut + stored - storedLine * TILE;
      if (packed < count && o < out) {
        float value = products[stored];
        put(tokens, vectors, y, bias, epilogue, activation, out, packed, o, value);
      }
    }
  }

  /** The place of a token; of another for one past the end, whose products are not kept. */
  static int place(IntArray tokens, int packed, int count, int inPlace) {
    int token = present(packed, count);
    return inPlace == 0 ? token : tokens.get(token);
  }

  /** The line itself, or the first for one past the end, whose products are not kept. */
  static int present(int line, int count) {
    return line < count ? line : 0;
  }

  /** What is done with one element of W·x. */
  static void put(
      IntArray tokens,
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
    int place = packed;
    if (epilogue == STORE_IN_PLACE || epilogue == ADD_IN_PLACE) {
      place = tokens.get(packed);
    }
    int at = place * out + output;
    if (epilogue == ADD_IN_PLACE) {
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
      // By exp: PTX's tanh.approx may be off by 2^-11.
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
