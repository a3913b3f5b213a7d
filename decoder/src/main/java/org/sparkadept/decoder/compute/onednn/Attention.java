package org.sparkadept.decoder.compute.onednn;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.sparkadept.decoder.model.ModelConfig;

/** A session's attention of one row's queries over the row's keys and values. */
final class Attention implements AutoCloseable {
  private final NativeScope scope = new NativeScope();
  private final OneDnnModel model;
  private final ModelConfig config;
  private final dnnl_stream stream;
  private final Map<AttentionKernel.Shape, AttentionKernel.Use> kernels = new HashMap<>();
  private final GrowingFloats scores = new GrowingFloats();
  private final GrowingFloats ownMask = new GrowingFloats();
  private final GrowingFloats padded = new GrowingFloats();
  private FloatPointer keyValue;

  Attention(OneDnnModel model, dnnl_stream stream) {
    this.model = model;
    config = model.config;
    this.stream = stream;
  }

  /**
   * Sets the row to look at. Attention reads keys in whole multiples of {@link
   * AttentionKernel#ROUNDING}: a row of another length is copied before zeros, for what stands
   * behind it, masked as it is, would spoil the row if it were not finite.
   *
   * @param row the row's keys and values, {@code [tokens, 2·keyWidth]}
   * @param tokens how many tokens it has
   */
  void keys(FloatPointer row, int tokens) {
    int rounded = AttentionKernel.round(tokens);
    keyValue = row;
    if (rounded > tokens) {
      long columns = 2L * config.keyWidth();
      keyValue = padded.atLeast(rounded * columns);
      Pointer.memcpy(keyValue, row, tokens * columns * Float.BYTES);
      Pointer zeros = keyValue.getPointer(tokens * columns);
      Pointer.memset(zeros, 0, (rounded - tokens) * columns * Float.BYTES);
    }
  }

  /**
   * Queries of the row, block by block.
   *
   * @param queries {@code [tokens, queryWidth]}, the row's first one at {@code from}
   * @param batch says at which positions they stand, ascending
   * @param from index in {@code batch} of the row's first query
   * @param end one more than that of its last
   * @param window sliding window, or 0
   * @param result {@code [tokens, queryWidth]}; what follows the row may be overwritten
   */
  void apply(
      FloatPointer queries, TokenBatch batch, int from, int end, int window, FloatPointer result) {
    for (int first = from; first < end; first += AttentionKernel.BLOCK) {
      int count = Math.min(AttentionKernel.BLOCK, end - first);
      int last = batch.position(first + count - 1);
      AttentionKernel.Use kernel =
          kernel(AttentionKernel.round(count), AttentionKernel.round(last + 1));
      FloatPointer mask = mask(kernel.kernel().shape(), batch, first, count, window);
      FloatPointer scratch = scores.atLeast(kernel.kernel().scoreSize());
      long query = (long) first * config.queryWidth();
      kernel.apply(
          queries.getPointer(query),
          keyValue,
          keyValue.getPointer(config.keyWidth()),
          mask,
          scratch,
          result.getPointer(query));
    }
  }

  private FloatPointer mask(
      AttentionKernel.Shape shape, TokenBatch batch, int first, int count, int window) {
    int start = batch.position(first);
    boolean together = batch.position(first + count - 1) - start == count - 1;
    if (together && start % AttentionKernel.BLOCK == 0) {
      return model.mask(new AttentionMask.Block(start, shape.queries(), shape.keys(), window));
    }
    float[] mask = new float[shape.queries() * shape.keys()];
    for (int q = 0; q < count; q++) {
      AttentionMask.fill(mask, q * shape.keys(), shape.keys(), batch.position(first + q), window);
    }
    FloatPointer memory = ownMask.atLeast(mask.length);
    memory.put(mask, 0, mask.length);
    return memory;
  }

  private AttentionKernel.Use kernel(int queries, int keys) {
    AttentionKernel.Shape shape = new AttentionKernel.Shape(queries, keys);
    AttentionKernel.Use use = kernels.get(shape);
    if (use == null) {
      use = model.attention(shape).use(scope, stream);
      kernels.put(shape, use);
    }
    return use;
  }

  @Override
  public void close() {
    scores.close();
    ownMask.close();
    padded.close();
    scope.close();
  }
}
