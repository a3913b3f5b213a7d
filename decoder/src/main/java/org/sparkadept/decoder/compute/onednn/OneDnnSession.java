package org.sparkadept.decoder.compute.onednn;

import static org.sparkadept.decoder.compute.onednn.LinearKernel.TILE;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.model.ModelConfig;

/** The decoder block over tiles of packed tokens. */
final class OneDnnSession implements ComputeSession {
  private final NativeScope scope = new NativeScope();
  private final OneDnnModel model;
  private final ModelConfig config;
  private final int width;
  private final int packedWidth;
  private final dnnl_stream stream;
  private final LayerKernels.Use kernels;
  private final Map<AttentionKernel.Block, AttentionKernel.Use> attention = new HashMap<>();
  private final PositionKernel positioning;

  /** The residual stream of the wave, {@code [tokens, width]}, rows where they were put first. */
  private final GrowingFloats hidden = new GrowingFloats();

  /** The residual stream of a micro-batch, {@code [tokens, width]}. */
  private final GrowingFloats residual = new GrowingFloats();

  /** Q, K and V of a micro-batch, {@code [tokens, packedWidth]}. */
  private final GrowingFloats queryKeyValue = new GrowingFloats();

  /** What the queries of a micro-batch saw, {@code [tokens, queryWidth]}. */
  private final GrowingFloats seen = new GrowingFloats();

  private final GrowingFloats scores = new GrowingFloats();
  private final FloatPointer normed;
  private final FloatPointer gated;
  private final FloatPointer raised;
  private final FloatPointer read;
  private int[] rowStarts = {0};

  OneDnnSession(OneDnnModel model) {
    this.model = model;
    config = model.config;
    width = config.width();
    packedWidth = config.queryWidth() + 2 * config.keyWidth();
    stream = OneDnn.stream(scope);
    kernels = model.kernels.use(scope, stream);
    positioning = new PositionKernel(config, model.rotary);
    normed = scope.floats((long) TILE * width);
    gated = scope.floats((long) TILE * config.mlpWidth());
    raised = scope.floats((long) TILE * config.mlpWidth());
    read = scope.floats((long) TILE * model.kernels.head().outputs());
  }

  @Override
  public void begin(int[] tokenIds, int[] starts) {
    OneDnn.useOneThread();
    rowStarts = starts;
    FloatPointer x = hidden.atLeast((long) starts[starts.length - 1] * width);
    float[] sum = new float[width];
    float[] position = new float[width];
    for (int row = 0; row + 1 < starts.length; row++) {
      for (int t = starts[row]; t < starts[row + 1]; t++) {
        FloatPointer token = at(model.embedding, tokenIds[t], width);
        if (model.positions == null) {
          copy(token, at(x, t, width), width);
        } else {
          token.get(sum, 0, width);
          at(model.positions, t - starts[row], width).get(position, 0, width);
          for (int i = 0; i < width; i++) {
            sum[i] += position[i];
          }
          at(x, t, width).put(sum, 0, width);
        }
      }
    }
  }

  @Override
  public void run(int firstLayer, int endLayer, int[] rows, int from, int to) {
    int[] starts = new int[to - from + 1];
    for (int i = 0; i < to - from; i++) {
      starts[i + 1] = starts[i] + length(rows[from + i]);
    }
    int tokens = starts[to - from];
    int padded = (tokens + TILE - 1) / TILE * TILE;
    FloatPointer x = residual.atLeast((long) padded * width);
    for (int i = 0; i < to - from; i++) {
      copy(
          at(hidden.get(), rowStarts[rows[from + i]], width),
          at(x, starts[i], width),
          (long) (starts[i + 1] - starts[i]) * width);
    }
    positioning.place(starts, padded);
    // Attention rounds a row's last block up, past the end of the last row.
    long slack = padded + AttentionKernel.BLOCK;
    FloatPointer packed = queryKeyValue.atLeast(slack * packedWidth);
    FloatPointer mixed = seen.atLeast(slack * config.queryWidth());
    for (int index = firstLayer; index < endLayer; index++) {
      OneDnnModel.Layer layer = model.layers[index];
      for (int t = 0; t < padded; t += TILE) {
        kernels.norm().apply(layer.attentionNorm(), at(x, t, width), normed);
        FloatPointer tile = at(packed, t, packedWidth);
        kernels.queryKeyValue().apply(layer.queryKeyValue(), normed, tile);
        positioning.apply(tile, t, layer.queryNorm(), layer.keyNorm());
      }
      for (int i = 0; i < to - from; i++) {
        attend(packed, mixed, starts[i], starts[i + 1] - starts[i], layer.window());
      }
      for (int t = 0; t < padded; t += TILE) {
        FloatPointer tile = at(x, t, width);
        kernels.output().apply(layer.output(), at(mixed, t, config.queryWidth()), tile);
        mlp(layer, tile);
      }
    }
    for (int i = 0; i < to - from; i++) {
      copy(
          at(x, starts[i], width),
          at(hidden.get(), rowStarts[rows[from + i]], width),
          (long) (starts[i + 1] - starts[i]) * width);
    }
  }

  /** {@code x += down(act(gate(norm(x))) · up(norm(x)))}, or without the gate. */
  private void mlp(OneDnnModel.Layer layer, FloatPointer tile) {
    kernels.norm().apply(layer.mlpNorm(), tile, normed);
    if (kernels.gate() == null) {
      kernels.up().apply(layer.up(), normed, raised);
    } else {
      kernels.gate().apply(layer.gate(), normed, gated);
      kernels.up().apply(layer.up(), normed, raised, gated);
    }
    kernels.down().apply(layer.down(), raised, tile);
  }

  /** One row's attention, block by block of its queries, group by group of its heads. */
  private void attend(FloatPointer packed, FloatPointer mixed, int start, int length, int window) {
    AttentionKernel.Heads heads = AttentionKernel.Heads.of(config);
    int headDim = config.headDim();
    for (int s = 0; s < length; s += AttentionKernel.BLOCK) {
      int rest = Math.min(AttentionKernel.BLOCK, length - s);
      int queries =
          (rest + AttentionKernel.ROUNDING - 1)
              / AttentionKernel.ROUNDING
              * AttentionKernel.ROUNDING;
      AttentionKernel.Use kernel = kernel(new AttentionKernel.Block(s, queries, window));
      FloatPointer scratch = scores.atLeast(kernel.kernel().scoreSize());
      FloatPointer block = at(packed, start + s, packedWidth);
      FloatPointer row = at(packed, start, packedWidth);
      FloatPointer result = at(mixed, start + s, config.queryWidth());
      for (int g = 0; g < heads.groups(); g++) {
        long query = (long) g * heads.queryHeads() * headDim;
        long key = config.queryWidth() + (long) g * heads.keyHeads() * headDim;
        kernel.apply(
            block.getPointer(query),
            row.getPointer(key),
            row.getPointer(key + config.keyWidth()),
            scratch,
            result.getPointer(query));
      }
    }
  }

  private AttentionKernel.Use kernel(AttentionKernel.Block block) {
    AttentionKernel.Use use = attention.get(block);
    if (use == null) {
      use = model.attention(block).use(scope, stream);
      attention.put(block, use);
    }
    return use;
  }

  @Override
  public void readExit(int exitLayer, int[] rows, int count, float[] logits) {
    int labels = model.kernels.head().outputs();
    for (int first = 0; first < count; first += TILE) {
      int rest = Math.min(TILE, count - first);
      for (int i = 0; i < rest; i++) {
        int classToken = rowStarts[rows[first + i] + 1] - 1;
        copy(at(hidden.get(), classToken, width), at(normed, i, width), width);
      }
      kernels.norm().apply(model.finalNorm, normed, normed);
      kernels.head().apply(model.heads.get(exitLayer), normed, read);
      read.get(logits, first * labels, rest * labels);
    }
  }

  private int length(int row) {
    return rowStarts[row + 1] - rowStarts[row];
  }

  /** Row {@code index} of a matrix with {@code columns} columns. */
  private static FloatPointer at(FloatPointer matrix, int index, int columns) {
    return matrix.getPointer((long) index * columns);
  }

  private static void copy(FloatPointer source, FloatPointer target, long floats) {
    Pointer.memcpy(target, source, floats * Float.BYTES);
  }

  @Override
  public void close() {
    hidden.close();
    residual.close();
    queryKeyValue.close();
    seen.close();
    scores.close();
    scope.close();
  }
}
