package org.sparkadept.decoder.compute.onednn;

import static org.sparkadept.decoder.compute.onednn.LinearKernel.TILE;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.model.ModelConfig;

/** Queries, keys and values of a layer as attention uses them, and what class tokens attend to. */
final class AttentionReader implements AutoCloseable {
  private final NativeScope scope = new NativeScope();
  private final LayerKernels.Use kernels;
  private final OneDnnModel model;
  private final int width;
  private final int queryWidth;
  private final int keyWidth;
  private final PositionKernel positioning;
  private final ClassTokenAttention attention;
  private final FloatPointer normed;
  private final FloatPointer mixed;
  private final TokenBatch classTokens = new TokenBatch();

  /** States of class tokens, {@code [rows, width]}. */
  private final GrowingFloats classStates = new GrowingFloats();

  /** Queries of a batch, {@code [tokens, queryWidth]}. */
  private final GrowingFloats queries = new GrowingFloats();

  /** Keys and values with keys in their positions, {@code [tokens, 2·keyWidth]}. */
  private final GrowingFloats placed = new GrowingFloats();

  private TokenRows rows;
  private TokenBatch tokens;
  private OneDnnModel.Layer layer;
  private FloatPointer keyValues;
  private boolean isPlaced;

  AttentionReader(OneDnnModel model, LayerKernels.Use kernels) {
    this.model = model;
    this.kernels = kernels;
    ModelConfig config = model.config;
    width = config.width();
    queryWidth = config.queryWidth();
    keyWidth = config.keyWidth();
    positioning = new PositionKernel(config);
    attention = new ClassTokenAttention(config.attention());
    normed = scope.floats((long) TILE * width);
    mixed = scope.floats(queryWidth);
  }

  /**
   * @param batch all tokens of the wave
   */
  void begin(TokenRows wave, TokenBatch batch) {
    rows = wave;
    tokens = batch;
    positioning.begin(model.rotary.atLeast(wave.longest()));
    classTokens.clear();
    for (int row = 0; row < wave.size(); row++) {
      classTokens.add(wave.classToken(row), wave.length(row) - 1);
    }
  }

  /**
   * @param opened the layer to read
   * @param own keys and values of all tokens, {@code [tokens, 2·keyWidth]}, before head norm
   */
  void open(OneDnnModel.Layer opened, FloatPointer own) {
    layer = opened;
    keyValues = own;
    isPlaced = false;
  }

  /**
   * @param states of all tokens before the layer, {@code [tokens, width]}
   * @param squares receives {@code [tokens, 3]}: {@code ‖q‖², ‖k‖², ‖v‖²}
   */
  void readSquares(FloatPointer states, float[] squares) {
    readSquares(project(states, tokens), queryWidth, 0, queryWidth, squares, 0);
    readSquares(placed(), 2 * keyWidth, 0, keyWidth, squares, 1);
    readSquares(placed(), 2 * keyWidth, keyWidth, keyWidth, squares, 2);
  }

  private void readSquares(
      FloatPointer vectors, int stride, int from, int count, float[] squares, int column) {
    float[] tile = new float[TILE * stride];
    for (int t = 0; t < tokens.size(); t += TILE) {
      int inTile = tokens.inTile(t);
      vectors.getPointer((long) t * stride).get(tile, 0, inTile * stride);
      for (int i = 0; i < inTile; i++) {
        squares[3 * (t + i) + column] =
            (float) TokenFeatures.squares(tile, i * stride + from, count);
      }
    }
  }

  private FloatPointer project(FloatPointer states, TokenBatch batch) {
    FloatPointer projected = queries.atLeast((long) batch.padded() * queryWidth);
    for (int t = 0; t < batch.size(); t += TILE) {
      int count = batch.inTile(t);
      FloatPointer tile = projected.getPointer((long) t * queryWidth);
      kernels.norm().apply(layer.attentionNorm(), states.getPointer((long) t * width), normed);
      kernels.query().apply(layer.query(), count, normed, tile);
      positioning.apply(
          layer.index(), tile, queryWidth, queryWidth, batch, t, count, layer.queryNorm());
    }
    return projected;
  }

  private FloatPointer placed() {
    int columns = 2 * keyWidth;
    FloatPointer result = placed.atLeast((long) tokens.size() * columns);
    if (!isPlaced) {
      Pointer.memcpy(result, keyValues, (long) tokens.size() * columns * Float.BYTES);
      positioning.apply(
          layer.index(), result, columns, keyWidth, tokens, 0, tokens.size(), layer.keyNorm());
      isPlaced = true;
    }
    return result;
  }

  /**
   * @param states of all tokens before the layer, {@code [tokens, width]}
   * @param weights receives {@code [tokens]}
   */
  void readAttention(FloatPointer states, float[] weights) {
    FloatPointer gathered = classStates.atLeast((long) classTokens.padded() * width);
    for (int row = 0; row < rows.size(); row++) {
      Pointer.memcpy(
          gathered.getPointer((long) row * width),
          states.getPointer((long) rows.classToken(row) * width),
          (long) width * Float.BYTES);
    }
    FloatPointer asked = project(gathered, classTokens);
    for (int row = 0; row < rows.size(); row++) {
      attention.apply(
          asked.getPointer((long) row * queryWidth),
          placed().getPointer((long) rows.start(row) * 2 * keyWidth),
          rows.length(row) - 1,
          layer.window(),
          mixed);
      attention.readWeights(weights, rows.start(row));
    }
  }

  @Override
  public void close() {
    attention.close();
    classStates.close();
    queries.close();
    placed.close();
    scope.close();
  }
}
