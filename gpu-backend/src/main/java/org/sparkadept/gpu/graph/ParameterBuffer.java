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
      int length = rows.length(row);
      int first = selection == Compaction.CLASS_TOKEN ? length - 1 : rows.first();
      int end = rows.end(row);
      if (selection == Compaction.ACTIVE_OTHERS) {
        end = Math.min(end, length - 1);
      }
      array.set(LaunchParameters.ROW_TABLE + row, rows.slot(row));
      array.set(LaunchParameters.ROW_TABLE + LaunchParameters.MAX_ROWS + row, first);
      array.set(LaunchParameters.ROW_TABLE + 2 * LaunchParameters.MAX_ROWS + row, end);
      array.set(LaunchParameters.ROW_TABLE + 3 * LaunchParameters.MAX_ROWS + row, tokens);
      tokens +=
          switch (selection) {
            case Compaction.ALL, Compaction.CLASS_TOKEN -> end - first;
            case Compaction.ACTIVE, Compaction.ACTIVE_OTHERS -> rows.count(row, 0, first, end);
            case Compaction.EXITED -> rows.count(row, exitLayer, first, end);
            default ->
                throw new IllegalArgumentException("There is no selection " + selection + ".");
          };
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
}
