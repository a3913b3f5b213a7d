package org.sparkadept.gpu.graph;

import org.sparkadept.gpu.kernel.Compaction;
import org.sparkadept.gpu.kernel.LaunchParameters;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The {@link LaunchParameters} of a graph, on the host. */
final class ParameterBuffer {
  private final IntArray array = new IntArray(LaunchParameters.SIZE);

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
   * Sets the rows of the next launch, and which of their tokens are selected.
   *
   * @param selection a constant of {@link Compaction}
   * @param exitLayer the exit layer that the selection, or the graph, refers to
   * @return the number of selected tokens
   */
  int setRows(LaunchRows rows, int selection, int exitLayer) {
    int tokens = 0;
    for (int row = 0; row < rows.size(); row++) {
      array.set(LaunchParameters.ROW_TABLE + row, rows.slot(row));
      array.set(LaunchParameters.ROW_TABLE + LaunchParameters.MAX_ROWS + row, rows.length(row));
      array.set(LaunchParameters.ROW_TABLE + 2 * LaunchParameters.MAX_ROWS + row, tokens);
      tokens += count(rows, row, selection, exitLayer);
    }
    array.set(LaunchParameters.LAUNCH_NUMBER, launchNumber() + 1);
    array.set(LaunchParameters.ROWS, rows.size());
    array.set(LaunchParameters.TOKENS, tokens);
    array.set(LaunchParameters.SELECTION, selection);
    array.set(LaunchParameters.EXIT_LAYER, exitLayer);
    return tokens;
  }

  /** Number of tokens that were selected last. */
  int tokens() {
    return array.get(LaunchParameters.TOKENS);
  }

  /** Number of the launch whose rows were set last. */
  int launchNumber() {
    return array.get(LaunchParameters.LAUNCH_NUMBER);
  }

  private static int count(LaunchRows rows, int row, int selection, int exitLayer) {
    return switch (selection) {
      case Compaction.ALL -> rows.length(row);
      case Compaction.CLASS_TOKEN -> 1;
      case Compaction.ACTIVE_OTHERS -> rows.count(row, 0) - 1;
      case Compaction.ACTIVE -> rows.count(row, 0);
      case Compaction.EXITED -> rows.count(row, exitLayer);
      default -> throw new IllegalArgumentException("There is no selection " + selection + ".");
    };
  }
}
