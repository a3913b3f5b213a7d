package org.sparkadept.decoder.compute.onednn;

import static org.sparkadept.decoder.compute.onednn.LinearKernel.TILE;
import static org.sparkadept.decoder.compute.onednn.LinearKernel.WIDE_TILE;

import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;

/** The decoder block over tiles of packed tokens. */
final class OneDnnSession implements PrefillSession {
  private final NativeScope scope = new NativeScope();
  private final OneDnnModel model;
  private final ModelConfig config;
  private final int width;
  private final int queryWidth;
  private final int keyWidth;
  private final dnnl_stream stream;
  private final LayerKernels.Use kernels;
  private final Attention attention;
  private final ClassTokenAttention classAttention;
  private final PositionKernel positioning;
  final HiddenStates hidden;
  private final KeyValues keyValues;
  private final SharedKeyValues shared;
  private final ExitReadOut readOut;
  private final TokenBatch batch = new TokenBatch();

  /** The residual stream of a batch, {@code [tokens, width]}. */
  private final GrowingFloats residual = new GrowingFloats();

  /** Queries of a batch, {@code [tokens, queryWidth]}. */
  private final GrowingFloats queries = new GrowingFloats();

  /** Attention outputs of a batch, {@code [tokens, queryWidth]}. */
  private final GrowingFloats attended = new GrowingFloats();

  private final FloatPointer gathered;
  private final FloatPointer normed;
  private final FloatPointer projected;
  private final FloatPointer gated;
  private final FloatPointer raised;

  private TokenRows wave = new TokenRows(new int[0], new int[] {0});
  private TokenExits tokenExits = TokenExits.NONE;

  /** One more than the index in the batch of each row's last token. */
  private int[] rowEnds = {};

  private TokenExitState exits;

  OneDnnSession(OneDnnModel model) {
    this.model = model;
    config = model.config;
    width = config.width();
    queryWidth = config.queryWidth();
    keyWidth = config.keyWidth();
    stream = OneDnn.stream(scope);
    kernels = model.kernels.use(scope, stream);
    attention = new Attention(model, stream);
    classAttention = new ClassTokenAttention(config.attention());
    positioning = new PositionKernel(config);
    hidden = new HiddenStates(model);
    keyValues = new KeyValues(keyWidth);
    shared = new SharedKeyValues(model);
    readOut = new ExitReadOut(model, stream, kernels, hidden);
    gathered = scope.floats((long) WIDE_TILE * width);
    normed = scope.floats((long) WIDE_TILE * width);
    projected = scope.floats((long) WIDE_TILE * 2 * keyWidth);
    gated = scope.floats((long) TILE * config.mlpWidth());
    raised = scope.floats((long) TILE * config.mlpWidth());
  }

  @Override
  public void begin(TokenRows rows, TokenExits how) {
    OneDnn.useOneThread();
    wave = rows;
    tokenExits = how;
    positioning.begin(model.rotary.atLeast(rows.longest()));
    hidden.begin(rows.ids());
    keyValues.begin(rows.tokens());
    shared.begin(rows.ids());
    exits = new TokenExitState(config, rows.tokens());
    readOut.begin(rows, exits);
  }

  @Override
  public void run(int firstLayer, int endLayer, RowSet rows) {
    collectTokens(rows, 0);
    FloatPointer x = residual.atLeast((long) batch.padded() * width);
    hidden.gather(batch, 0, batch.size(), x);
    for (int index = firstLayer; index < endLayer; index++) {
      OneDnnModel.Layer layer = model.layer(index);
      for (int wide = 0; wide < batch.size(); wide += WIDE_TILE) {
        projectKeyValues(layer, at(x, wide, width), wide);
        for (int t = wide; t < Math.min(batch.size(), wide + WIDE_TILE); t += TILE) {
          projectQueries(layer, at(normed, t - wide, width), t);
        }
      }
      attend(layer, rows);
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
  public void runClassTokens(int index, RowSet rows) {
    OneDnnModel.Layer layer = model.layer(index);
    collectClassTokens(rows);
    FloatPointer x = residual.atLeast((long) batch.padded() * width);
    hidden.gather(batch, 0, batch.size(), x);
    projectQueries(layer, x);
    attended.atLeast((long) batch.padded() * queryWidth);
    int[] exitLayers = exits.exitLayers(); // The first of them, 0, stands for tokens that go on.
    for (int i = exitLayers.length - 1; i > 0; i--) {
      collectTokens(rows, exitLayers[i]);
      if (batch.size() > 0) {
        projectExited(index, exitLayers[i] - 1, layer);
      }
    }
    collectTokens(rows, 0);
    int row = 0;
    for (int t = 0; t < batch.size(); t += WIDE_TILE) {
      if (shared.cover(index)) {
        shareKeyValues(layer, t);
      } else {
        // Where the tile has to be copied together, its norm takes the copy's place.
        projectKeyValues(layer, hidden.tile(batch, t, normed), t);
      }
      for (; row < rows.size() && rowEnds[row] <= t + WIDE_TILE; row++) {
        attendClassToken(index, rows.row(row), row);
      }
    }
    collectClassTokens(rows);
    for (int t = 0; t < batch.size(); t += TILE) {
      finish(layer, at(x, t, width), t);
    }
    hidden.scatter(batch, 0, batch.size(), x);
  }

  /** Keys and values of the batch's tokens, which exited after layer {@code exit}. */
  private void projectExited(int index, int exit, OneDnnModel.Layer layer) {
    LinearTensors map = tokenExits.mapper().map(exit, index);
    LinearKernel.Weights weights = model.mapper(map);
    for (int t = 0; t < batch.size(); t += WIDE_TILE) {
      FloatPointer states = hidden.tile(batch, t, gathered);
      project(kernels.mapping(), weights, states, layer, t);
    }
  }

  private void attendClassToken(int index, int row, int at) {
    classAttention.apply(
        at(queries.get(), at, queryWidth),
        keyValues.at(wave.start(row)),
        wave.length(row) - 1,
        model.layer(index).window(),
        at(attended.get(), at, queryWidth));
    if (tokenExits.policies().containsKey(index)) {
      classAttention.readWeights(exits.attention(), wave.start(row));
    }
  }

  @Override
  public void runOtherTokens(int index, RowSet rows) {
    OneDnnModel.Layer layer = model.layer(index);
    batch.clear();
    for (int i = 0; i < rows.size(); i++) {
      addTokens(rows.row(i), 0, wave.length(rows.row(i)) - 1, 0);
    }
    FloatPointer x = residual.atLeast((long) batch.padded() * width);
    hidden.gather(batch, 0, batch.size(), x);
    projectQueries(layer, x);
    attend(layer, rows);
    TokenPolicy policy = tokenExits.policies().get(index);
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

  /** Makes the batch of those tokens of rows that exited after {@code exit} layers; 0 for none. */
  private void collectTokens(RowSet rows, int exit) {
    batch.clear();
    rowEnds = rowEnds.length >= rows.size() ? rowEnds : new int[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      addTokens(rows.row(i), 0, wave.length(rows.row(i)), exit);
      rowEnds[i] = batch.size();
    }
  }

  /** Adds to the batch those tokens of a row that exited after {@code exit} layers; 0 for none. */
  private void addTokens(int row, int first, int end, int exit) {
    int start = wave.start(row);
    for (int position = first; position < end; position++) {
      if (exits.exitOf(start + position) == exit) {
        batch.add(start + position, position);
      }
    }
  }

  private void collectClassTokens(RowSet rows) {
    batch.clear();
    for (int i = 0; i < rows.size(); i++) {
      int length = wave.length(rows.row(i));
      addTokens(rows.row(i), length - 1, length, 0);
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
    positioning.apply(
        layer.index(), tile, 2 * keyWidth, keyWidth, batch, first, count, layer.keyNorm());
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
    positioning.apply(
        layer.index(), tile, queryWidth, queryWidth, batch, first, count, layer.queryNorm());
  }

  /** Attention of all queries of the batch, row by row. */
  private void attend(OneDnnModel.Layer layer, RowSet rows) {
    long room = batch.padded() + AttentionKernel.BLOCK;
    FloatPointer mixed = attended.atLeast(room * queryWidth);
    int first = 0;
    for (int i = 0; i < rows.size(); i++) {
      int row = rows.row(i);
      int end = first;
      while (end < batch.size()
          && batch.token(end) <= wave.classToken(row)
          && batch.token(end) >= wave.start(row)) {
        end++;
      }
      attention.keys(keyValues.at(wave.start(row)), wave.length(row));
      attention.apply(queries.get(), batch, first, end, layer.window(), mixed);
      first = end;
    }
  }

  /** Output projection and MLP of a tile, added to its residual stream. */
  private void finish(OneDnnModel.Layer layer, FloatPointer tile, int first) {
    int count = batch.inTile(first);
    FloatPointer mixed = at(attended.get(), first, queryWidth);
    add(kernels.output(), layer.output(), count, mixed, layer.attentionOutputNorm(), tile);
    kernels.norm().apply(layer.mlpNorm(), tile, normed);
    if (kernels.gate() == null) {
      kernels.up().apply(layer.up(), count, normed, raised);
    } else {
      kernels.gate().apply(layer.gate(), count, normed, gated);
      kernels.up().apply(layer.up(), count, normed, raised, gated);
    }
    add(kernels.down(), layer.down(), count, raised, layer.mlpOutputNorm(), tile);
  }

  /**
   * Adds a projection to a tile's residual stream: in the product itself, or after a norm where the
   * family has one.
   */
  private void add(
      LinearKernel.Use kernel,
      LinearKernel.Weights weights,
      int count,
      FloatPointer source,
      NormKernel.Weights norm,
      FloatPointer tile) {
    if (norm == null) {
      kernel.apply(weights, count, source, tile);
    } else {
      kernel.apply(weights, count, source, gathered);
      kernels.norm().apply(norm, gathered, gathered);
      kernels.add().apply(tile, gathered);
    }
  }

  @Override
  public void readExit(ExitHead head, RowSet rows, float[] scores) {
    readOut.scores(head, rows, scores);
  }

  @Override
  public void readHeadInputs(ExitHead.Input input, RowSet rows, float[] inputs) {
    readOut.inputs(input, rows, inputs);
  }

  @Override
  public void averageTokens(RowSet rows) {
    readOut.averageTokens(rows);
  }

  @Override
  public void exitTokens(int layer, RowSet rows, int[] exitLayers) {
    batch.clear();
    for (int i = 0; i < rows.size(); i++) {
      int start = wave.start(rows.row(i));
      for (int t = start; t < wave.classToken(rows.row(i)); t++) {
        if (exits.exits(t, tokenExits.threshold())) {
          exits.exit(t, layer + 1);
          exitLayers[t] = layer + 1;
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
  public void readStates(RowSet rows, float[] states) {
    batch.clear();
    for (int i = 0; i < rows.size(); i++) {
      int start = wave.start(rows.row(i));
      for (int position = 0; position < wave.length(rows.row(i)); position++) {
        batch.add(start + position, position);
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
    attended.close();
    readOut.close();
    attention.close();
    classAttention.close();
    scope.close();
  }
}
