package org.sparkadept.decoder.compute.onednn;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The residual stream of a wave, {@code [tokens, width]}, rows where they were put first. */
final class HiddenStates implements AutoCloseable {
  private final int width;
  private final GrowingFloats memory = new GrowingFloats();

  HiddenStates(int width) {
    this.width = width;
  }

  /** Makes room; a tile may be read from the last token on. */
  void resize(int tokens) {
    memory.atLeast((long) (tokens + LinearKernel.TILE) * width);
  }

  FloatPointer at(int token) {
    return memory.get().getPointer((long) token * width);
  }

  /** Copies tokens {@code first .. first + count} of a batch to {@code target}, packed. */
  void gather(TokenBatch batch, int first, int count, FloatPointer target) {
    int end = first + count;
    for (int i = first; i < end; ) {
      int next = batch.runOfTokens(i, end);
      copy(at(batch.token(i)), row(target, i - first), next - i);
      i = next;
    }
  }

  /** Copies packed states back to where they belong. */
  void scatter(TokenBatch batch, int first, int count, FloatPointer source) {
    int end = first + count;
    for (int i = first; i < end; ) {
      int next = batch.runOfTokens(i, end);
      copy(row(source, i - first), at(batch.token(i)), next - i);
      i = next;
    }
  }

  /** A tile of packed states to read: in place where the tokens lie together, else a copy. */
  FloatPointer tile(TokenBatch batch, int first, FloatPointer scratch) {
    int count = batch.inTile(first);
    if (batch.runOfTokens(first, first + count) == first + count) {
      return at(batch.token(first));
    }
    gather(batch, first, count, scratch);
    return scratch;
  }

  private FloatPointer row(FloatPointer matrix, int index) {
    return matrix.getPointer((long) index * width);
  }

  private void copy(FloatPointer source, FloatPointer target, int tokens) {
    Pointer.memcpy(target, source, (long) tokens * width * Float.BYTES);
  }

  @Override
  public void close() {
    memory.close();
  }
}
