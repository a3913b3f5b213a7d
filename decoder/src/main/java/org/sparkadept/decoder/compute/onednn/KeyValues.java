package org.sparkadept.decoder.compute.onednn;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Keys and values of one layer for the tokens of a wave, {@code [slots, 2·keyWidth]}. Each row has
 * slots for its tokens and, up to a multiple of {@link AttentionKernel#ROUNDING}, zeros behind
 * them: attention reads whole multiples, and a masked key that were not finite would spoil its row.
 */
final class KeyValues implements AutoCloseable {
  private final int columns;
  private final GrowingFloats memory = new GrowingFloats();
  private int[] starts = {0};

  KeyValues(int keyWidth) {
    columns = 2 * keyWidth;
  }

  /** Makes room for the rows of a wave. */
  void begin(int[] rowStarts) {
    int rows = rowStarts.length - 1;
    starts = new int[rows + 1];
    for (int row = 0; row < rows; row++) {
      int tokens = rowStarts[row + 1] - rowStarts[row];
      starts[row + 1] = starts[row] + AttentionKernel.round(tokens);
    }
    memory.atLeast((long) starts[rows] * columns);
    for (int row = 0; row < rows; row++) {
      int padding = starts[row] + rowStarts[row + 1] - rowStarts[row];
      if (padding < starts[row + 1]) {
        Pointer.memset(at(padding), 0, (long) (starts[row + 1] - padding) * columns * Float.BYTES);
      }
    }
  }

  /** The slot of a row's first token. */
  int start(int row) {
    return starts[row];
  }

  FloatPointer at(int slot) {
    return memory.get().getPointer((long) slot * columns);
  }

  /**
   * Puts keys and values of tokens {@code first .. first + count} of a batch in their slots.
   *
   * @param packed {@code [count, 2·keyWidth]}
   */
  void put(TokenBatch batch, int first, int count, float[] packed) {
    int end = first + count;
    for (int i = first; i < end; ) {
      int next = batch.runOfSlots(i, end);
      at(batch.slot(i)).put(packed, (i - first) * columns, (next - i) * columns);
      i = next;
    }
  }

  /** Reads keys and values of the same tokens into {@code packed}. */
  void get(TokenBatch batch, int first, int count, float[] packed) {
    int end = first + count;
    for (int i = first; i < end; ) {
      int next = batch.runOfSlots(i, end);
      at(batch.slot(i)).get(packed, (i - first) * columns, (next - i) * columns);
      i = next;
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
