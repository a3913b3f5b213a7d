package org.sparkadept.decoder.compute.onednn;

import static org.sparkadept.decoder.compute.onednn.LinearKernel.TILE;
import static org.sparkadept.decoder.compute.onednn.LinearKernel.WIDE_TILE;

import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.ModelConfig;

/** The decoder block over tiles of packed tokens. */
final class OneDnnSession implements ComputeSession {
  private final NativeScope scope = new NativeScope();
  private final OneDnnModel model;
  private final ModelConfig config;
  private final int width;
  private final int queryWidth;
  private final int keyWidth;
  private final LayerKernels.Use kernels;
  private final Attention attention;
  private final ClassTokenAttention classAttention;
  private final PositionKernel positioning;
  private final HiddenStates hidden;
  private final KeyValues keyValues;
  private final SharedKeyValues shared;
  private final TokenBatch batch = new TokenBatch();

  /** The residual stream of a batch, {@code [tokens, width]}. */
  private final GrowingFloats residual = new GrowingFloats();

  /** Queries of a batch, {@code [tokens, queryWidth]}. */
  private final GrowingFloats queries = new GrowingFloats();

  /** What the queries of a batch saw, {@code [tokens, queryWidth]}. */
  private final GrowingFloats seen = new GrowingFloats();

  private final FloatPointer gathered;
  private final FloatPointer normed;
  private final FloatPointer projected;
  private final FloatPointer gated;
  private final FloatPointer raised;

  private int[] rowStarts = {0};

  /** One more than the index in the batch of each row's last token. */
  private int[] rowEnds = {};

  private TokenExitState exits;

  OneDnnSession(OneDnnModel model) {
    this.model = model;
    config = model.config;
    width = config.width();
    queryWidth = config.queryWidth();
    keyWidth = config.keyWidth();
    dnnl_stream stream = OneDnn.stream(scope);
    kernels = model.kernels.use(scope, stream);
    attention = new Attention(model, stream);
    classAttention = new ClassTokenAttention(config.heads(), config.kvHeads(), config.headDim());
    positioning = new PositionKernel(config, model.rotary);
    hidden = new HiddenStates(model);
    keyValues = new KeyValues(keyWidth);
    shared = new SharedKeyValues(model);
    gathered = scope.floats((long) WIDE_TILE * width);
    normed = scope.floats((long) WIDE_TILE * width);
    projected = scope.floats((long) WIDE_TILE * Math.max(2 * keyWidth, model.mostOutputs()));
    gated = scope.floats((long) TILE * config.mlpWidth());
    raised = scope.floats((long) TILE * config.mlpWidth());
  }

  @Override
  public void begin(int[] tokenIds, int[] starts) {
    OneDnn.useOneThread();
    rowStarts = starts;
    hidden.begin(tokenIds);
    keyValues.begin(tokenIds.length);
    shared.begin(tokenIds);
    exits = new TokenExitState(config, tokenIds.length);
  }

  @Override
  public void run(int firstLayer, int endLayer, int[] rows, int from, int to) {
    collectTokens(rows, from, to, 0);
    FloatPointer x = residual.atLeast((long) batch.padded() * width);
    hidden.gather(batch, 0, batch.size(), x);
    for (int index = firstLayer; index < endLayer; index++) {
      OneDnnModel.Layer layer = model.layers[index];
      for (int wide = 0; wide < batch.size(); wide += WIDE_TILE) {
        projectKeyValues(layer, at(x, wide, width), wide);
        for (int t = wide; t < Math.min(batch.size(), wide + WIDE_TILE); t += TILE) {
          projectQueries(layer, at(normed, t - wide, width), t);
        }
      }
      attend(layer, rows, from, to);
      for (int t = 0; t < batch.size(); t += TILE) {
        finish(layer, at(x, t, width), t);
      }
    }
    hidden.scatter(batch, 0, batch.size(), x);
  }

  /**
   * A row's class token looks at keys and values as soon as its row has them all, while they are in
   * the processor's cache.
   */
  @Override
  public void runClassTokens(int index, int[] rows, int from, int to) {
    OneDnnModel.Layer layer = model.layers[index];
    collectClassTokens(rows, from, to);
    FloatPointer x = residual.atLeast((long) batch.padded() * width);
    hidden.gather(batch, 0, batch.size(), x);
    projectQueries(layer, x);
    seen.atLeast((long) batch.padded() * queryWidth);
    int[] exitLayers = exits.exitLayers(); // The first of them, 0, stands for tokens that go on.
    for (int i = exitLayers.length - 1; i > 0; i--) {
      collectTokens(rows, from, to, exitLayers[i]);
      for (int t = 0; t < batch.size(); t += WIDE_TILE) {
        FloatPointer left = hidden.tile(batch, t, gathered);
        project(kernels.mapping(), model.mapper(exitLayers[i], index + 1), left, layer, t);
      }
    }
    collectTokens(rows, from, to, 0);
    int row = from;
    for (int t = 0; t < batch.size(); t += WIDE_TILE) {
      if (shared.cover(index)) {
        shareKeyValues(layer, t);
      } else {
        // Where the tile has to be copied together, its norm takes the copy's place.
        projectKeyValues(layer, hidden.tile(batch, t, normed), t);
      }
      for (; row < to && rowEnds[row - from] <= t + WIDE_TILE; row++) {
        attendClassToken(index, rows[row], row - from);
      }
    }
    collectClassTokens(rows, from, to);
    for (int t = 0; t < batch.size(); t += TILE) {
      finish(layer, at(x, t, width), t);
    }
    hidden.scatter(batch, 0, batch.size(), x);
  }

  private void attendClassToken(int index, int row, int at) {
    classAttention.apply(
        at(queries.get(), at, queryWidth),
        keyValues.at(rowStarts[row]),
        length(row) - 1,
        model.layers[index].window(),
        at(seen.get(), at, queryWidth));
    if (model.tokenPolicies.containsKey(index + 1)) {
      classAttention.readWeights(exits.attention(), rowStarts[row]);
    }
  }

  @Override
  public void runOtherTokens(int index, int[] rows, int from, int to) {
    OneDnnModel.Layer layer = model.layers[index];
    batch.clear();
    for (int i = from; i < to; i++) {
      addTokens(rows[i], 0, length(rows[i]) - 1, 0);
    }
    FloatPointer x = residual.atLeast((long) batch.padded() * width);
    hidden.gather(batch, 0, batch.size(), x);
    projectQueries(layer, x);
    attend(layer, rows, from, to);
    TokenPolicy policy = model.tokenPolicies.get(index + 1);
    for (int t = 0; t < batch.size(); t += TILE) {
      FloatPointer tile = at(x, t, width);
      if (policy != null) {
        exits.before(tile);
      }
      finish(layer, tile, t);
      if (policy != null) {
        exits.after(policy, tile, at(queries.get(), t, queryWidth), keyValues, batch, t);
      }
    }
    hidden.scatter(batch, 0, batch.size(), x);
  }

  /** Makes the batch of those tokens of rows that left after layer {@code exit}; 0 for none. */
  private void collectTokens(int[] rows, int from, int to, int exit) {
    batch.clear();
    rowEnds = rowEnds.length >= to - from ? rowEnds : new int[to - from];
    for (int i = from; i < to; i++) {
      addTokens(rows[i], 0, length(rows[i]), exit);
      rowEnds[i - from] = batch.size();
    }
  }

  /** Adds to the batch those tokens of a row that left after layer {@code exit}; 0 for none. */
  private void addTokens(int row, int first, int end, int exit) {
    int start = rowStarts[row];
    for (int position = first; position < end; position++) {
      if (exits.exitOf(start + position) == exit) {
        batch.add(start + position, position);
      }
    }
  }

  private void collectClassTokens(int[] rows, int from, int to) {
    batch.clear();
    for (int i = from; i < to; i++) {
      addTokens(rows[i], length(rows[i]) - 1, length(rows[i]), 0);
    }
  }

  /** Keys and values of a wide tile in the first layer, where equal tokens have equal ones. */
  private void shareKeyValues(OneDnnModel.Layer layer, int first) {
    shared.project(kernels, normed);
    FloatPointer tile = keyValues.tile(batch, first, projected);
    shared.copy(batch, first, batch.inWideTile(first), tile);
    place(layer, tile, first);
  }

  /** Keys and values of a wide tile; leaves its norm in {@code normed}. */
  private void projectKeyValues(OneDnnModel.Layer layer, FloatPointer tile, int first) {
    kernels.wideNorm().apply(layer.attentionNorm(), tile, normed);
    project(kernels.keyValue(), layer.keyValue(), normed, layer, first);
  }

  /** Projects a wide tile to its keys and values. */
  private void project(
      LinearKernel.Use kernel,
      LinearKernel.Weights weights,
      FloatPointer states,
      OneDnnModel.Layer layer,
      int first) {
    FloatPointer tile = keyValues.tile(batch, first, projected);
    kernel.apply(weights, batch.inWideTile(first), states, tile);
    place(layer, tile, first);
  }

  /** Gives a wide tile of keys their positions, and brings it where it belongs. */
  private void place(OneDnnModel.Layer layer, FloatPointer tile, int first) {
    int count = batch.inWideTile(first);
    positioning.apply(tile, 2 * keyWidth, keyWidth, batch, first, count, layer.keyNorm());
    keyValues.put(batch, first, tile);
  }

  /** Queries of all tokens of the batch. */
  private void projectQueries(OneDnnModel.Layer layer, FloatPointer states) {
    for (int t = 0; t < batch.size(); t += TILE) {
      kernels.norm().apply(layer.attentionNorm(), at(states, t, width), normed);
      projectQueries(layer, normed, t);
    }
  }

  /** Queries of a tile from its norm. Attention rounds a row's last block up. */
  private void projectQueries(OneDnnModel.Layer layer, FloatPointer normedTile, int first) {
    long room = batch.padded() + AttentionKernel.BLOCK;
    FloatPointer tile = at(queries.atLeast(room * queryWidth), first, queryWidth);
    int count = batch.inTile(first);
    kernels.query().apply(layer.query(), count, normedTile, tile);
    positioning.apply(tile, queryWidth, queryWidth, batch, first, count, layer.queryNorm());
  }

  /** Attention of all queries of the batch, row by row. */
  private void attend(OneDnnModel.Layer layer, int[] rows, int from, int to) {
    long room = batch.padded() + AttentionKernel.BLOCK;
    FloatPointer mixed = seen.atLeast(room * queryWidth);
    int first = 0;
    for (int i = from; i < to; i++) {
      int end = first;
      while (end < batch.size()
          && batch.token(end) < rowStarts[rows[i] + 1]
          && batch.token(end) >= rowStarts[rows[i]]) {
        end++;
      }
      attention.keys(keyValues.at(rowStarts[rows[i]]), length(rows[i]));
      attention.apply(queries.get(), batch, first, end, layer.window(), mixed);
      first = end;
    }
  }

  /** Output projection and MLP of a tile, added to its residual stream. */
  private void finish(OneDnnModel.Layer layer, FloatPointer tile, int first) {
    int count = batch.inTile(first);
    kernels.output().apply(layer.output(), count, at(seen.get(), first, queryWidth), tile);
    kernels.norm().apply(layer.mlpNorm(), tile, normed);
    if (kernels.gate() == null) {
      kernels.up().apply(layer.up(), count, normed, raised);
    } else {
      kernels.gate().apply(layer.gate(), count, normed, gated);
      kernels.up().apply(layer.up(), count, normed, raised, gated);
    }
    kernels.down().apply(layer.down(), count, raised, tile);
  }

  @Override
  public void readExit(int exitLayer, int[] rows, int count, float[] scores) {
    OneDnnModel.Head head = model.heads.get(exitLayer);
    int outputs = head.outputs();
    for (int first = 0; first < count; first += TILE) {
      collectClassTokens(rows, first, Math.min(count, first + TILE));
      hidden.gather(batch, 0, batch.size(), gathered);
      kernels.norm().apply(model.finalNorm, gathered, normed);
      kernels.heads().get(outputs).apply(head.weights(), batch.size(), normed, projected);
      projected.get(scores, first * outputs, batch.size() * outputs);
    }
  }

  @Override
  public void exitTokens(
      int exitLayer, float threshold, int[] rows, int from, int to, int[] exitLayers) {
    batch.clear();
    for (int i = from; i < to; i++) {
      int start = rowStarts[rows[i]];
      for (int t = start; t < rowStarts[rows[i] + 1] - 1; t++) {
        if (exits.leaves(t, threshold)) {
          exits.leave(t, exitLayer);
          exitLayers[t] = exitLayer;
          batch.add(t, t - start);
        }
      }
    }
    for (int t = 0; t < batch.size(); t += WIDE_TILE) {
      kernels.wideNorm().apply(model.plainNorm, hidden.tile(batch, t, normed), normed);
      hidden.scatter(batch, t, batch.inWideTile(t), normed);
    }
  }

  @Override
  public void readStates(int[] rows, int count, float[] states) {
    batch.clear();
    for (int i = 0; i < count; i++) {
      for (int position = 0; position < length(rows[i]); position++) {
        batch.add(rowStarts[rows[i]] + position, position);
      }
    }
    FloatPointer x = residual.atLeast((long) batch.padded() * width);
    hidden.gather(batch, 0, batch.size(), x);
    x.get(states, 0, batch.size() * width);
  }

  @Override
  public long sharedTokens() {
    return shared.sharedTokens();
  }

  private int length(int row) {
    return rowStarts[row + 1] - rowStarts[row];
  }

  /** Row {@code index} of a matrix with {@code columns} columns. */
  private static FloatPointer at(FloatPointer matrix, int index, int columns) {
    return matrix.getPointer((long) index * columns);
  }

  @Override
  public void close() {
    hidden.close();
    keyValues.close();
    shared.close();
    residual.close();
    queries.close();
    seen.close();
    attention.close();
    classAttention.close();
    scope.close();
  }
}
