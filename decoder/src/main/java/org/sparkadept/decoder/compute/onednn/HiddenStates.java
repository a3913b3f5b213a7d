package org.sparkadept.decoder.compute.onednn;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The residual stream of a wave, {@code [tokens, width]}, rows where they were put first. A row is
 * embedded when it is first asked for, while its states are still in the cache.
 */
final class HiddenStates implements AutoCloseable {
  private final OneDnnModel model;

  private final int width;
  private final GrowingFloats memory = new GrowingFloats();
  private int[] tokenIds = {};
  private int[] rowStarts = {0};
  private boolean[] embedded = {};

  HiddenStates(OneDnnModel model) {
    this.model = model;
    width = model.config.width();
  }

  /** Begins a wave; a tile may be read from the last token on. */
  void begin(int[] ids, int[] starts) {
    tokenIds = ids;
    rowStarts = starts;
    embedded = new boolean[starts.length - 1];
    memory.atLeast((long) (ids.length + LinearKernel.TILE) * width);
  }

  /** Embeds those rows that are not embedded yet. */
  void embed(int[] rows, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!embedded[rows[i]]) {
        embedded[rows[i]] = true;
        embed(rows[i]);
      }
    }
  }

  private void embed(int row) {
    int start = rowStarts[row];
    int tokens = rowStarts[row + 1] - start;
    FloatBuffer states = at(start).limit((long) tokens * width).asBuffer();
    for (int t = 0; t < tokens; t++) {
      model.embedding.copy(tokenIds[start + t], states, t * width);
      if (model.positions != null) {
        model.positions.add(t, states, t * width);
      }
    }
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
