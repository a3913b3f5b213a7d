package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * {@link Projections} on tensor cores: W is in half precision, x is rounded to it, and sums are in
 * single precision. The parameters and epilogues are those of {@link Projections}.
 *
 * <p>A group of four warps computes a tile of {@value #TILE} tokens by as many outputs, each warp a
 * quarter as two by four fragments of 16 by 8 (PTX's {@code mma.m16n8k16}). x and W go through
 * local memory in steps of {@value #STEP}, as slices of {@value #SLICE}, two halves to an int: x as
 * rows of a slice, W as panels of 8 outputs. Fragments can only be stored whole, so the tile goes
 * to {@code products} first and is read back for the epilogue. The order in which an element is
 * summed does not depend on the batch.
 */
public final class TensorProjections {
  /** Tokens, and outputs, of a tile. */
  public static final int TILE = Projections.TILE;

  /** Items of a group: four warps. */
  public static final int GROUP = 128;

  private static final int WARP = 32;

  /** Tokens, and outputs, of a warp's part of the tile. */
  private static final int PART = TILE / 2;

  private static final int SLICE = 16;
  private static final int STEP = 2 * SLICE;
  private static final int PAIRS = SLICE / 2;
  private static final int PANEL = 8;
  private static final int PANEL_PAIRS = PANEL / 2;
  private static final int ROW_BYTES = SLICE * Short.BYTES;
  private static final int PANEL_BYTES = SLICE * PANEL * Short.BYTES;
  private static final int SLICE_INTS = TILE * PAIRS;
  private static final int SLICE_BYTES = SLICE_INTS * Integer.BYTES;
  private static final int STEP_INTS = TILE * STEP / 2;

  /** Rows of a slice, and outputs of it, that the group copies at once. */
  private static final int ROWS = GROUP / PAIRS;

  private static final int STORES = TILE * TILE / GROUP;
  private static final int LOW_BITS = 0xffff;

  private TensorProjections() {}

  /**
   * Projects packed tokens.
   *
   * @param x {@code [packed, in]}, or {@code [slots, in]}
   * @param weights W, {@code [out, in]}, from {@link Projections#WEIGHT} on
   * @param vectors b, {@code [out]}, from {@link Projections#BIAS} on
   * @param products scratch for W·x, {@code [tiles, TILE, TILE]}
   * @param y receives {@code [packed, out]}, or {@code [slots, out]}
   */
  public static void projectTokens(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      FloatArray x,
      HalfFloatArray weights,
      FloatArray vectors,
      FloatArray products,
      FloatArray y) {
    int[] inputs = context.allocateIntLocalArray(STEP_INTS);
    int[] columns = context.allocateIntLocalArray(STEP_INTS);
    int item = context.localIdx;
    int firstToken = context.groupIdy * TILE;
    int firstOut = context.groupIdx * TILE;
    int count = parameters.get(LaunchParameters.TOKENS);
    int in = parameters.get(section + Projections.IN);
    int out = parameters.get(section + Projections.OUT);
    int weight = parameters.get(section + Projections.WEIGHT);
    int bySlot = parameters.get(section + Projections.BY_SLOT);
    int warp = item / WARP;
    int row = warp / 2 * PART;
    int column = warp % 2 * PART;
    int input = 2 * (item % PAIRS);
    int token = firstToken + item / PAIRS;
    int x0 = in * Projections.inputRow(slots, token, count, bySlot);
    int x1 = in * Projections.inputRow(slots, token + ROWS, count, bySlot);
    int x2 = in * Projections.inputRow(slots, token + 2 * ROWS, count, bySlot);
    int x3 = in * Projections.inputRow(slots, token + 3 * ROWS, count, bySlot);
    int depth = item % SLICE;
    int pair = item / SLICE;
    int output = firstOut + 2 * pair;
    int w0 = weight + in * Projections.present(output, out);
    int w1 = weight + in * Projections.present(output + 1, out);
    int w2 = weight + in * Projections.present(output + ROWS, out);
    int w3 = weight + in * Projections.present(output + ROWS + 1, out);
    int w4 = weight + in * Projections.present(output + 2 * ROWS, out);
    int w5 = weight + in * Projections.present(output + 2 * ROWS + 1, out);
    int w6 = weight + in * Projections.present(output + 3 * ROWS, out);
    int w7 = weight + in * Projections.present(output + 3 * ROWS + 1, out);
    int panel = pair / PANEL_PAIRS;
    int columnCell = (panel * SLICE + depth) * PANEL_PAIRS + pair - panel * PANEL_PAIRS;
    float[] s00 = context.mmaFragment(0f);
    float[] s01 = context.mmaFragment(0f);
    float[] s02 = context.mmaFragment(0f);
    float[] s03 = context.mmaFragment(0f);
    float[] s10 = context.mmaFragment(0f);
    float[] s11 = context.mmaFragment(0f);
    float[] s12 = context.mmaFragment(0f);
    float[] s13 = context.mmaFragment(0f);
    for (int step = 0; step < in; step += STEP) {
      for (int slice = 0; slice < STEP / SLICE; slice++) {
        int k = step + slice * SLICE + input;
        int k0 = k < in ? k : 0;
        int k1 = k + 1 < in ? k + 1 : 0;
        int mask = (k < in ? LOW_BITS : 0) | (k + 1 < in ? ~LOW_BITS : 0);
        int cell = slice * SLICE_INTS + item;
        inputs[cell] = packRounded(x, x0 + k0, x0 + k1) & mask;
        inputs[cell + GROUP] = packRounded(x, x1 + k0, x1 + k1) & mask;
        inputs[cell + 2 * GROUP] = packRounded(x, x2 + k0, x2 + k1) & mask;
        inputs[cell + 3 * GROUP] = packRounded(x, x3 + k0, x3 + k1) & mask;
        int d = step + slice * SLICE + depth;
        int d0 = d < in ? d : 0;
        mask = d < in ? ~0 : 0;
        cell = slice * SLICE_INTS + columnCell;
        columns[cell] = packWeights(weights, w0 + d0, w1 + d0) & mask;
        columns[cell + GROUP] = packWeights(weights, w2 + d0, w3 + d0) & mask;
        columns[cell + 2 * GROUP] = packWeights(weights, w4 + d0, w5 + d0) & mask;
        columns[cell + 3 * GROUP] = packWeights(weights, w6 + d0, w7 + d0) & mask;
      }
      context.localBarrier();
      for (int slice = 0; slice < STEP / SLICE; slice++) {
        int rowAt = slice * SLICE_BYTES + row * ROW_BYTES;
        int columnAt = slice * SLICE_BYTES + column / PANEL * PANEL_BYTES;
        HalfFloat[] a0 = context.mmaLoadA(inputs, SLICE, rowAt);
        HalfFloat[] a1 = context.mmaLoadA(inputs, SLICE, rowAt + SLICE * ROW_BYTES);
        HalfFloat[] b0 = context.mmaLoadB(columns, SLICE, columnAt);
        s00 = context.mma(a0, b0, s00, MMAShape.M16N8K16);
        s10 = context.mma(a1, b0, s10, MMAShape.M16N8K16);
        HalfFloat[] b1 = context.mmaLoadB(columns, SLICE, columnAt + PANEL_BYTES);
        s01 = context.mma(a0, b1, s01, MMAShape.M16N8K16);
        s11 = context.mma(a1, b1, s11, MMAShape.M16N8K16);
        HalfFloat[] b2 = context.mmaLoadB(columns, SLICE, columnAt + 2 * PANEL_BYTES);
        s02 = context.mma(a0, b2, s02, MMAShape.M16N8K16);
        s12 = context.mma(a1, b2, s12, MMAShape.M16N8K16);
        HalfFloat[] b3 = context.mmaLoadB(columns, SLICE, columnAt + 3 * PANEL_BYTES);
        s03 = context.mma(a0, b3, s03, MMAShape.M16N8K16);
        s13 = context.mma(a1, b3, s13, MMAShape.M16N8K16);
      }
      context.localBarrier();
    }
    int across = (out + TILE - 1) / TILE;
    int firstLine = (context.groupIdy * across + context.groupIdx) * TILE;
    int line0 = firstLine + row;
    context.mmaStore(s00, products, line0, column, TILE);
    context.mmaStore(s01, products, line0, column + PANEL, TILE);
    context.mmaStore(s02, products, line0, column + 2 * PANEL, TILE);
    context.mmaStore(s03, products, line0, column + 3 * PANEL, TILE);
    int line1 = line0 + SLICE;
    context.mmaStore(s10, products, line1, column, TILE);
    context.mmaStore(s11, products, line1, column + PANEL, TILE);
    context.mmaStore(s12, products, line1, column + 2 * PANEL, TILE);
    context.mmaStore(s13, products, line1, column + 3 * PANEL, TILE);
    context.localBarrier();
    int bias = parameters.get(section + Projections.BIAS);
    int epilogue = parameters.get(section + Projections.EPILOGUE);
    int activation = parameters.get(section + Projections.ACTIVATION);
    for (int store = 0; store < STORES; store++) {
      int cell = store * GROUP + item;
      int line = cell / TILE;
      int packed = firstToken + line;
      int o = firstOut + cell - line * TILE;
      if (packed < count && o < out) {
        float product = products.get(firstLine * TILE + cell);
        Projections.storeElement(
            slots, vectors, y, bias, epilogue, activation, out, packed, o, product);
      }
    }
  }

  /** Two elements of x, rounded to half precision and packed in an int. */
  private static int packRounded(FloatArray x, int first, int second) {
    float lowValue = x.get(first);
    HalfFloat low = new HalfFloat(lowValue);
    int lowBits = low.getHalfFloatValue() & LOW_BITS;
    float highValue = x.get(second);
    HalfFloat high = new HalfFloat(highValue);
    int highBits = high.getHalfFloatValue() & LOW_BITS;
    return lowBits | highBits << Short.SIZE;
  }

  /** Two weights packed in an int. */
  private static int packWeights(HalfFloatArray weights, int first, int second) {
    int low = weights.get(first).getHalfFloatValue() & LOW_BITS;
    int high = weights.get(second).getHalfFloatValue() & LOW_BITS;
    return low | high << Short.SIZE;
  }
}
