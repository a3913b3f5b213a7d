package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What is done to queries and keys before attention: the norm of each head, if the family has one,
 * then the rotary embedding (Su et al. 2021, half-rotation layout).
 */
public final class RotaryEmbedding {
  /** Section: heads of a token. */
  public static final int HEADS = 0;

  /** Section: floats of a head. */
  public static final int HEAD_DIM = 1;

  /** Section: floats from one token to the next; the heads come first. */
  public static final int STRIDE = 2;

  /** Section: offset of the head norm's weight in the vectors; -1 without one. */
  public static final int NORM = 3;

  /** Section: 1 if positions are rotary. */
  public static final int ROTARY = 4;

  /** Section: 1 if x is indexed by slot, 0 if it is packed. */
  public static final int BY_SLOT = 5;

  private RotaryEmbedding() {}

  /**
   * Normalizes and rotates the heads of packed tokens in place. One work item a head.
   *
   * @param x {@code [packed, stride]}, or {@code [slots, stride]}
   * @param vectors ε and the head norm's weight
   * @param rotary {@code [positions, headDim]}: cosines, then sines, of half a head
   */
  public static void rotateHeads(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      IntArray positions,
      FloatArray x,
      FloatArray vectors,
      FloatArray rotary) {
    int item = context.globalIdx;
    int heads = parameters.get(section + HEADS);
    if (item < parameters.get(LaunchParameters.TOKENS) * heads) {
      int packed = item / heads;
      int headDim = parameters.get(section + HEAD_DIM);
      int row = packed;
      if (parameters.get(section + BY_SLOT) != 0) {
        row = slots.get(packed);
      }
      int from = row * parameters.get(section + STRIDE) + (item - packed * heads) * headDim;
      int norm = parameters.get(section + NORM);
      if (norm >= 0) {
        float squares = 0;
        for (int i = 0; i < headDim; i++) {
          float value = x.get(from + i);
          squares += value * value;
        }
        float scale = 1f / TornadoMath.sqrt(squares / headDim + vectors.get(Norms.EPSILON));
        for (int i = 0; i < headDim; i++) {
          x.set(from + i, x.get(from + i) * scale * vectors.get(norm + i));
        }
      }
      if (parameters.get(section + ROTARY) != 0) {
        int half = headDim / 2;
        int table = positions.get(packed) * headDim;
        for (int i = 0; i < half; i++) {
          float a = x.get(from + i);
          float b = x.get(from + half + i);
          float cos = rotary.get(table + i);
          float sin = rotary.get(table + half + i);
          x.set(from + i, a * cos - b * sin);
          x.set(from + half + i, b * cos + a * sin);
        }
      }
    }
  }
}
