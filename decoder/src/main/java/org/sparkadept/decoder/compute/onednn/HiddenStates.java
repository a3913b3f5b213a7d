package org.sparkadept.decoder.compute.onednn;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The residual stream of a wave, {@code [tokens, width]}, rows where they were put first. Until a
 * token's state is written it is the token's embedding, which is made where it is requested: the
 * other tokens of a row that leaves early are never held.
 */
final class HiddenStates implements AutoCloseable {
  private final OneDnnModel model;

  private final int width;
  private final GrowingFloats memory = new GrowingFloats();
  private int[] tokenIds = {};
  private boolean[] written = {};

  HiddenStates(OneDnnModel model) {
    this.model = model;
    width = model.config.width();
  }

  /** Begins a wave; a tile may be read from the last token on. */
  void begin(int[] ids) {
    tokenIds = ids;
    written = new boolean[ids.length];
    memory.atLeast((long) (ids.length + LinearKernel.WIDE_TILE) * width);
  }

  /** Copies tokens {@code first .. first + count} of a batch to {@code target}, packed. */
  void gather(TokenBatch batch, int first, int count, FloatPointer target) {
    int end = first + count;
    for (int i = first; i < end; ) {
      int next = run(batch, i, end);
      FloatPointer packed = row(target, i - first);
      if (written[batch.token(i)]) {
        copy(at(batch.token(i)), packed, next - i);
      } else {
        embed(batch, i, next, packed);
      }
      i = next;
    }
  }

  private void embed(TokenBatch batch, int first, int end, FloatPointer target) {
    FloatBuffer states = OneDnn.view(target, (long) (end - first) * width);
    for (int i = first; i < end; i++) {
      int at = (i - first) * width;
      model.embedding.copy(tokenIds[batch.token(i)], states, at);
      if (model.positions != null) {
        model.positions.add(batch.position(i), states, at);
      }
    }
  }

  /** Copies packed states back to where they belong. */
  void scatter(TokenBatch batch, int first, int count, FloatPointer source) {
    int end = first + count;
    for (int i = first; i < end; ) {
      int next = batch.runOfTokens(i, end);
      int token = batch.token(i);
      copy(row(source, i - first), at(token), next - i);
      Arrays.fill(written, token, token + next - i, true);
      i = next;
    }
  }

  /** A wide tile of packed states to read: in place where the tokens lie together, else a copy. */
  FloatPointer tile(TokenBatch batch, int first, FloatPointer scratch) {
    int count = batch.inWideTile(first);
    if (written[batch.token(first)] && run(batch, first, first + count) == first + count) {
      return at(batch.token(first));
    }
    gather(batch, first, count, scratch);
    return scratch;
  }

  /** One more than the last of the tokens that are written and lie together, or are not written. */
  private int run(TokenBatch batch, int first, int end) {
    boolean held = written[batch.token(first)];
    int last = held ? batch.runOfTokens(first, end) : end;
    int next = first + 1;
    while (next < last && written[batch.token(next)] == held) {
      next++;
    }
    return next;
  }

  private FloatPointer at(int token) {
    return row(memory.get(), token);
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
