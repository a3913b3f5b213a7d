package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Compaction: packs the tokens of a launch's rows that take part into a list. Everything after it
 * works on packed tokens, and finds them in the wave through the list.
 */
public final class TokenLists {
  /** All tokens. */
  public static final int ALL = 0;

  /** The class token, which is the last. */
  public static final int CLASS = 1;

  /** Those that have not left, but the class token. */
  public static final int OTHERS = 2;

  /** Those that have not left, the class token among them. */
  public static final int GOING = 3;

  /** Those that left after the exit layer {@link Call#EXIT}. */
  public static final int LEFT = 4;

  private TokenLists() {}

  /**
   * One work item a row.
   *
   * @param call rows, and which of their tokens
   * @param leftAfter {@code [tokens of the arena]}: the exit layer after which each left, or 0
   * @param tokens receives {@code [packed]}: the token's place in the arena
   * @param positions receives {@code [packed]}: its position in its row
   */
  public static void packTokens(
      KernelContext context,
      IntArray call,
      IntArray leftAfter,
      IntArray tokens,
      IntArray positions) {
    int row = context.globalIdx;
    if (row < call.get(Call.ROWS)) {
      int which = call.get(Call.WHICH);
      int exit = call.get(Call.EXIT);
      int start = call.get(Call.ROWS_AT + row);
      int length = call.get(Call.ROWS_AT + Call.MOST_ROWS + row);
      int place = call.get(Call.ROWS_AT + 2 * Call.MOST_ROWS + row);
      int first = which == CLASS ? length - 1 : 0;
      int end = which == OTHERS ? length - 1 : length;
      for (int position = first; position < end; position++) {
        int left = leftAfter.get(start + position);
        boolean taken = which == LEFT ? left == exit : which < OTHERS || left == 0;
        if (taken) {
          tokens.set(place, start + position);
          positions.set(place, position);
          place = place + 1;
        }
      }
    }
  }
}
