package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What happens to queries and keys before attention: the norm of each head where the family has
 * one, then the rotary embedding (Su et al. 2021, half-rotation layout).
 */
public final class Positions {
  /** Section: heads of a token. */
  public static final int HEADS = 0;

  /** Section: floats of a head. */
  public static final int HEAD_DIM = 1;

  /** Section: floats from one token to the next; the heads come first. */
  public static final int STRIDE = 2;

  /** Section: where the head norm's weight begins in the vectors; -1 without one. */
  public static final int NORM = 3;

  /** Section: 1 where positions are rotary. */
  public static final int ROTARY = 4;

  /** Section: 1 where x stands at the token's place in the arena, 0 where it is packed. */
  public static final int IN_PLACE = 5;

  private Positions() {}

  /**
   * Changes the heads of packed tokens in place. One work item a head.
   *
   * @param x {@code [packed, stride]}, or {@code [tokens of the arena, stride]}
   * @param vectors ε and the head norm's weight
   * @param rotary {@code [positions, headDim]}: cosines, then sines, of half a head
   */
  public static void positionHeads(
      KernelContext context,
      IntArray call,
      int section,
      IntArray tokens,
      IntArray positions,
      FloatArray x,
      FloatArray vectors,
      FloatArray rotary) {
    int item = context.globalIdx;
    int heads = call.get(section + HEADS);
    if (item < call.get(Call.TOKENS) * heads) {
      int packed = item / heads;
      int headDim = call.get(section + HEAD_DIM);
      int place = packed;
      if (call.get(section + IN_PLACE) != 0) {
        place = tokens.get(packed);
      }
      int from = place * call.get(section + STRIDE) + (item - packed * heads) * headDim;
      int norm = call.get(section + NORM);
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
      if (call.get(section + ROTARY) != 0) {
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
