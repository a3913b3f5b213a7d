package org.sparkadept.gpu.graph;

import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.TokenLists;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The int buffer of a graph, on the host's side. */
final class CallBuffer {
  private final IntArray array = new IntArray(Call.SIZE);

  IntArray array() {
    return array;
  }

  void set(int section, int field, int value) {
    array.set(section + field, value);
  }

  int get(int section, int field) {
    return array.get(section + field);
  }

  /**
   * Names rows, and which of their tokens take part.
   *
   * @param which a number of {@link TokenLists}
   * @param exit the exit layer that {@code which}, or the graph, means
   * @return how many tokens take part
   */
  int name(Rows rows, int which, int exit) {
    int tokens = 0;
    for (int row = 0; row < rows.size(); row++) {
      array.set(Call.ROWS_AT + row, rows.start(row));
      array.set(Call.ROWS_AT + Call.MOST_ROWS + row, rows.length(row));
      array.set(Call.ROWS_AT + 2 * Call.MOST_ROWS + row, tokens);
      tokens += count(rows, row, which, exit);
    }
    array.set(Call.TICKET, ticket() + 1);
    array.set(Call.ROWS, rows.size());
    array.set(Call.TOKENS, tokens);
    array.set(Call.WHICH, which);
    array.set(Call.EXIT, exit);
    return tokens;
  }

  /** Number of the launch that was named last. */
  int ticket() {
    return array.get(Call.TICKET);
  }

  private static int count(Rows rows, int row, int which, int exit) {
    return switch (which) {
      case TokenLists.ALL -> rows.length(row);
      case TokenLists.CLASS -> 1;
      case TokenLists.OTHERS -> rows.count(row, 0) - 1;
      case TokenLists.GOING -> rows.count(row, 0);
      case TokenLists.LEFT -> rows.count(row, exit);
      default -> throw new IllegalArgumentException("There is no list " + which + ".");
    };
  }
}
