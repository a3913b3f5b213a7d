package org.sparkadept.decoder.compute.onednn;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Keys and values of one layer for the tokens of a wave, {@code [tokens, 2·keyWidth]}. */
final class KeyValues implements AutoCloseable {
  private final int columns;
  private final GrowingFloats memory = new GrowingFloats();
  private int tokens;

  KeyValues(int keyWidth) {
    columns = 2 * keyWidth;
  }

  /** Makes room for the tokens of a wave; a tile may be written from the last one on. */
  void begin(int count) {
    tokens = count;
    memory.atLeast((long) (count + LinearKernel.WIDE_TILE) * columns);
  }

  FloatPointer at(int token) {
    return memory.get().getPointer((long) token * columns);
  }

  /**
   * Where a wide tile of a batch is to be written: in place where that touches no other token, else
   * {@code scratch}, which {@link #put} then brings to its place.
   */
  FloatPointer tile(TokenBatch batch, int first, FloatPointer scratch) {
    int end = first + batch.inWideTile(first);
    boolean whole = end - first == LinearKernel.WIDE_TILE || batch.token(end - 1) == tokens - 1;
    return whole && batch.runOfTokens(first, end) == end ? at(batch.token(first)) : scratch;
  }

  /** Brings a wide tile of a batch to its place, if it is not there. */
  void put(TokenBatch batch, int first, FloatPointer tile) {
    int end = first + batch.inWideTile(first);
    for (int i = first; i < end; ) {
      int next = batch.runOfTokens(i, end);
      FloatPointer place = at(batch.token(i));
      FloatPointer packed = tile.getPointer((long) (i - first) * columns);
      if (place.address() != packed.address()) {
        Pointer.memcpy(place, packed, (long) (next - i) * columns * Float.BYTES);
      }
      i = next;
    }
  }

  /** Reads keys and values of tokens {@code first .. first + count} of a batch, packed. */
  void get(TokenBatch batch, int first, int count, float[] packed) {
    int end = first + count;
    for (int i = first; i < end; ) {
      int next = batch.runOfTokens(i, end);
      at(batch.token(i)).get(packed, (i - first) * columns, (next - i) * columns);
      i = next;
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
