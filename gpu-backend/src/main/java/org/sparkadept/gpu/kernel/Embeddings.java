package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Token and position embeddings. */
public final class Embeddings {
  /** Section: floats of a hidden state. */
  public static final int WIDTH = 0;

  /** Section: 1 if positions are learned embeddings, which are added. */
  public static final int LEARNED_POSITIONS = 1;

  private Embeddings() {}

  /**
   * {@code h_0}: the embedding of each packed token, plus that of its position if positions are
   * learned. Marks the tokens as active. One work item a float.
   *
   * @param ids {@code [packed]}: token ids
   * @param embedding {@code [vocabulary, width]}
   * @param positionTable {@code [positions, width]}, if positions are learned
   * @param hidden receives {@code [slots, width]}
   * @param exitLayers {@code [slots]}; receives 0 for each token
   */
  public static void embedTokens(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      IntArray positions,
      IntArray ids,
      FloatArray embedding,
      FloatArray positionTable,
      FloatArray hidden,
      IntArray exitLayers) {
    embed(
        context,
        parameters,
        section,
        slots,
        positions,
        ids,
        embedding,
        null,
        false,
        positionTable,
        hidden,
        exitLayers);
  }

  /** {@link #embedTokens} with token embeddings, but not position embeddings, in half precision. */
  public static void embedTokensHalf(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      IntArray positions,
      IntArray ids,
      HalfFloatArray embedding,
      FloatArray positionTable,
      FloatArray hidden,
      IntArray exitLayers) {
    embed(
        context,
        parameters,
        section,
        slots,
        positions,
        ids,
        null,
        embedding,
        true,
        positionTable,
        hidden,
        exitLayers);
  }

  private static void embed(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      IntArray positions,
      IntArray ids,
      FloatArray embedding,
      HalfFloatArray halfEmbedding,
      boolean half,
      FloatArray positionTable,
      FloatArray hidden,
      IntArray exitLayers) {
    int item = context.globalIdx;
    int width = parameters.get(section + WIDTH);
    if (item < parameters.get(LaunchParameters.TOKENS) * width) {
      int packed = item / width;
      int i = item - packed * width;
      int slot = slots.get(packed);
      int at = ids.get(packed) * width + i;
      float value = half ? halfEmbedding.get(at).getFloat32() : embedding.get(at);
      if (parameters.get(section + LEARNED_POSITIONS) != 0) {
        value += positionTable.get(positions.get(packed) * width + i);
      }
      hidden.set(slot * width + i, value);
      if (i == 0) {
        exitLayers.set(slot, 0);
      }
    }
  }
}
