package org.sparkadept.decoder.compute.onednn;

import static org.sparkadept.decoder.compute.onednn.LinearKernel.TILE;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.model.ModelConfig;

/** A wave's queries in a layer, and what its class tokens attend to; for fitting. */
final class ClassAttentionReader implements AutoCloseable {
  private final NativeScope scope = new NativeScope();
  private final OneDnnModel model;
  private final LayerKernels.Use kernels;
  private final int width;
  private final int queryWidth;
  private final int keyWidth;
  private final PositionKernel positioning;
  private final ClassTokenAttention attention;
  private final FloatPointer normed;
  private final FloatPointer mixed;
  private final TokenBatch classTokens = new TokenBatch();

  /** States of class tokens, {@code [rows, width]}. */
  private final GrowingFloats states = new GrowingFloats();

  /** Queries of a batch, {@code [tokens, queryWidth]}. */
  private final GrowingFloats queries = new GrowingFloats();

  /** Keys and values with keys in their positions, {@code [tokens, 2·keyWidth]}. */
  private final GrowingFloats placed = new GrowingFloats();

  private TokenRows rows = new TokenRows(new int[0], new int[] {0});

  ClassAttentionReader(OneDnnModel model, LayerKernels.Use kernels) {
    this.model = model;
    this.kernels = kernels;
    ModelConfig config = model.config;
    width = config.width();
    queryWidth = config.queryWidth();
    keyWidth = config.keyWidth();
    positioning = new PositionKernel(config);
    attention = new ClassTokenAttention(config.heads(), config.kvHeads(), config.headDim());
    normed = scope.floats((long) TILE * width);
    mixed = scope.floats(queryWidth);
  }

  void begin(TokenRows wave) {
    rows = wave;
    positioning.begin(model.rotary.atLeast(wave.longest()));
    classTokens.clear();
    for (int row = 0; row < wave.size(); row++) {
      classTokens.add(wave.classToken(row), wave.length(row) - 1);
    }
  }

  /**
   * @param source states of the batch's tokens, {@code [tokens, width]}
   * @param batch all tokens of the wave
   * @param target receives {@code [tokens, queryWidth]}
   */
  void readQueries(int layer, FloatPointer source, TokenBatch batch, float[] target) {
    project(layer, source, batch).get(target, 0, batch.size() * queryWidth);
  }

  private FloatPointer project(int index, FloatPointer source, TokenBatch batch) {
    OneDnnModel.Layer layer = model.layer(index);
    FloatPointer projected = queries.atLeast((long) batch.padded() * queryWidth);
    for (int t = 0; t < batch.size(); t += TILE) {
      int count = batch.inTile(t);
      FloatPointer tile = projected.getPointer((long) t * queryWidth);
      kernels.norm().apply(layer.attentionNorm(), source.getPointer((long) t * width), normed);
      kernels.query().apply(layer.query(), count, normed, tile);
      positioning.apply(tile, queryWidth, queryWidth, batch, t, count, layer.queryNorm());
    }
    return projected;
  }

  /**
   * @param source states of the batch's tokens, {@code [tokens, width]}
   * @param keyValues theirs in the layer, without positions
   * @param batch all tokens of the wave
   * @param target receives {@code [tokens]}
   */
  void readAttention(
      int index, FloatPointer source, FloatPointer keyValues, TokenBatch batch, float[] target) {
    OneDnnModel.Layer layer = model.layer(index);
    int columns = 2 * keyWidth;
    FloatPointer keys = placed.atLeast((long) batch.size() * columns);
    Pointer.memcpy(keys, keyValues, (long) batch.size() * columns * Float.BYTES);
    positioning.apply(keys, columns, keyWidth, batch, 0, batch.size(), layer.keyNorm());
    FloatPointer gathered = states.atLeast((long) classTokens.padded() * width);
    for (int row = 0; row < rows.size(); row++) {
      Pointer.memcpy(
          gathered.getPointer((long) row * width),
          source.getPointer((long) rows.classToken(row) * width),
          (long) width * Float.BYTES);
    }
    FloatPointer asked = project(index, gathered, classTokens);
    for (int row = 0; row < rows.size(); row++) {
      attention.apply(
          asked.getPointer((long) row * queryWidth),
          keys.getPointer((long) rows.start(row) * columns),
          rows.length(row) - 1,
          layer.window(),
          mixed);
      attention.readWeights(target, rows.start(row));
    }
  }

  @Override
  public void close() {
    attention.close();
    states.close();
    queries.close();
    placed.close();
    scope.close();
  }
}
