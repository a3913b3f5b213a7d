package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Whole rows of matrices that are copied: embeddings into hidden states, hidden states out. */
public final class Rows {
  /** Section: floats of a row. */
  public static final int WIDTH = 0;

  /** Section: whether positions are an embedding that is added. */
  public static final int LEARNED_POSITIONS = 1;

  private Rows() {}

  /**
   * {@code h_0}: the embedding of each packed token, and of its position where that is learned. One
   * work item for each float. No token has left yet.
   *
   * @param ids {@code [packed]}: token ids
   * @param embedding {@code [vocabulary, width]}
   * @param positionTable {@code [positions, width]}, where positions are learned
   * @param hidden receives {@code [tokens of the arena, width]}
   * @param leftAfter receives 0 for each token
   */
  public static void embedTokens(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      IntArray positions,
      IntArray ids,
      FloatArray embedding,
      FloatArray positionTable,
      FloatArray hidden,
      IntArray leftAfter) {
    embed(
        context,
        call,
        section,
        tokens,
        positions,
        ids,
        embedding,
        null,
        false,
        positionTable,
        hidden,
        leftAfter);
  }

  /** The same with the embedding, not that of positions, in half precision. */
  public static void embedTokensByHalves(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      IntArray positions,
      IntArray ids,
      HalfFloatArray embedding,
      FloatArray positionTable,
      FloatArray hidden,
      IntArray leftAfter) {
    embed(
        context,
        call,
        section,
        tokens,
        positions,
        ids,
        null,
        embedding,
        true,
        positionTable,
        hidden,
        leftAfter);
  }

  private static void embed(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      IntArray positions,
      IntArray ids,
      FloatArray floats,
      HalfFloatArray halves,
      boolean halved,
      FloatArray positionTable,
      FloatArray hidden,
      IntArray leftAfter) {
    int item = context.globalIdx;
    int width = call.get(section + WIDTH);
    if (item < call.get(Call.TOKENS) * width) {
      int packed = item / width;
      int i = item - packed * width;
      int token = tokens.get(packed);
      int at = ids.get(packed) * width + i;
      float value = halved ? halves.get(at).getFloat32() : floats.get(at);
      if (call.get(section + LEARNED_POSITIONS) != 0) {
        value += positionTable.get(positions.get(packed) * width + i);
      }
      hidden.set(token * width + i, value);
      if (i == 0) {
        leftAfter.set(token, 0);
      }
    }
  }

  /**
   * Gathers the hidden states of packed tokens. One work item for each float.
   *
   * @param hidden {@code [tokens of the arena, width]}
   * @param gathered receives {@code [packed, width]}
   */
  public static void gatherTokens(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      FloatArray hidden,
      FloatArray gathered) {
    int item = context.globalIdx;
    int width = call.get(section + WIDTH);
    if (item < call.get(Call.TOKENS) * width) {
      int packed = item / width;
      int i = item - packed * width;
      gathered.set(item, hidden.get(tokens.get(packed) * width + i));
    }
  }
}
