package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Compaction: lists the selected tokens of a launch's rows one after the other. Later kernels work
 * on these packed tokens, and find their slots through the list.
 */
public final class Compaction {
  /** Selects all tokens. */
  public static final int ALL = 0;

  /** Selects the class token, which is the last of a row. */
  public static final int CLASS_TOKEN = 1;

  /** Selects the active tokens, those that have not exited, without the class token. */
  public static final int ACTIVE_OTHERS = 2;

  /** Selects the active tokens, the class token included. */
  public static final int ACTIVE = 3;

  /** Selects the tokens that exited after the exit layer {@link LaunchParameters#EXIT_LAYER}. */
  public static final int EXITED = 4;

  /** Section of {@link #gatherTokens}: floats of a hidden state. */
  public static final int WIDTH = 0;

  private Compaction() {}

  /**
   * Packs the selected tokens. One work item a row.
   *
   * @param parameters the rows, each with a range of positions, and the selection; the range is of
   *     the class token alone, or without it, where the selection is
   * @param exitLayers {@code [slots]}: the exit layer of each token, 0 while it is active
   * @param slots receives {@code [packed]}: the slot of each packed token
   * @param positions receives {@code [packed]}: its position in its row
   */
  public static void packTokens(
      KernelContext context,
      IntArray parameters,
      IntArray exitLayers,
      IntArray slots,
      IntArray positions) {
    int row = context.globalIdx;
    if (row < parameters.get(LaunchParameters.ROWS)) {
      int selection = parameters.get(LaunchParameters.SELECTION);
      int exit = parameters.get(LaunchParameters.EXIT_LAYER);
      int start = parameters.get(LaunchParameters.ROW_TABLE + row);
      int first = parameters.get(LaunchParameters.ROW_TABLE + LaunchParameters.MAX_ROWS + row);
      int end = parameters.get(LaunchParameters.ROW_TABLE + 2 * LaunchParameters.MAX_ROWS + row);
      int packed = parameters.get(LaunchParameters.ROW_TABLE + 3 * LaunchParameters.MAX_ROWS + row);
      for (int position = first; position < end; position++) {
        int exited = exitLayers.get(start + position);
        boolean selected =
            selection == EXITED ? exited == exit : selection < ACTIVE_OTHERS || exited == 0;
        if (selected) {
          slots.set(packed, start + position);
          positions.set(packed, position);
          packed = packed + 1;
        }
      }
    }
  }

  /**
   * Gathers the hidden states of packed tokens. One work item a float.
   *
   * @param hidden {@code [slots, width]}
   * @param gathered receives {@code [packed, width]}
   */
  public static void gatherTokens(
      KernelContext context,
      IntArray parameters,
      int section,
      IntArray slots,
      FloatArray hidden,
      FloatArray gathered) {
    int item = context.globalIdx;
    int width = parameters.get(section + WIDTH);
    if (item < parameters.get(LaunchParameters.TOKENS) * width) {
      int packed = item / width;
      int i = item - packed * width;
      gathered.set(item, hidden.get(slots.get(packed) * width + i));
    }
  }
}
