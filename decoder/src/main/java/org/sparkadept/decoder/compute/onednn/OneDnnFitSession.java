package org.sparkadept.decoder.compute.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;
import static org.sparkadept.decoder.compute.onednn.LinearKernel.WIDE_TILE;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.compute.FitSession;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * What fitting reads, by matrix products outside the heap. The layers run in a session as any
 * other; what is read of a layer is made from the states before it by the same packed weights.
 */
final class OneDnnFitSession implements FitSession {
  private static final byte PLAIN = 'N';
  private static final byte TRANSPOSED = 'T';

  private final NativeScope scope = new NativeScope();
  private final OneDnnModel model;
  private final ModelConfig config;
  private final int width;
  private final int columns;
  private final OneDnnSession session;
  private final LayerKernels.Use kernels;
  private final FloatPointer normed;
  private final FloatPointer made;
  private final float[] madeTile;

  /** The wave's tokens, in their order. */
  private final TokenBatch batch = new TokenBatch();

  /** {@code [tokens, width]} after the layer that was run last. */
  private final GrowingFloats states = new GrowingFloats();

  /** By exit layer: {@code n(h_e)} {@code [tokens, width]}, zero for class tokens. */
  private final Map<Integer, GrowingFloats> inputs = new HashMap<>();

  /** {@code [tokens]}: 1, and 0 for class tokens. */
  private final GrowingFloats ones = new GrowingFloats();

  private final GrowingFloats products = new GrowingFloats();

  /** {@code [tokens, 2·keyWidth]} of the open layer. */
  private final GrowingFloats keyValues = new GrowingFloats();

  /** The same on the heap. */
  private float[] keyValueCopy = {};

  private final AttentionReader attention;
  private TokenRows rows = new TokenRows(new int[0], new int[] {0});
  private RowSet all = RowSet.all(0);
  private int layer;

  OneDnnFitSession(OneDnnModel model) {
    this.model = model;
    config = model.config;
    width = config.width();
    columns = 2 * config.keyWidth();
    session = new OneDnnSession(model);
    dnnl_stream stream = OneDnn.stream(scope);
    kernels = model.kernels.use(scope, stream);
    normed = scope.floats((long) WIDE_TILE * width);
    made = scope.floats((long) WIDE_TILE * columns);
    madeTile = new float[WIDE_TILE * columns];
    attention = new AttentionReader(model, kernels);
  }

  @Override
  public void begin(TokenRows wave) {
    rows = wave;
    all = RowSet.all(wave.size());
    session.begin(wave, TokenExits.NONE);
    batch.clear();
    float[] counted = new float[wave.tokens()];
    for (int row = 0; row < wave.size(); row++) {
      for (int t = wave.start(row); t <= wave.classToken(row); t++) {
        batch.add(t, t - wave.start(row));
        counted[t] = t < wave.classToken(row) ? 1 : 0;
      }
    }
    ones.atLeast(counted.length).put(counted, 0, counted.length);
    keyValueCopy = new float[wave.tokens() * columns];
    attention.begin(wave, batch);
    gather();
  }

  private void gather() {
    FloatPointer target = states.atLeast((long) batch.padded() * width);
    session.hidden.gather(batch, 0, batch.size(), target);
  }

  @Override
  public void open(int index) {
    layer = index;
    OneDnnModel.Layer weights = model.layer(layer);
    FloatPointer target = keyValues.atLeast((long) batch.padded() * columns);
    for (int t = 0; t < batch.size(); t += WIDE_TILE) {
      kernels.wideNorm().apply(weights.attentionNorm(), at(states.get(), t, width), normed);
      kernels
          .keyValue()
          .apply(weights.keyValue(), batch.inWideTile(t), normed, at(target, t, columns));
    }
    target.get(keyValueCopy, 0, keyValueCopy.length);
    attention.open(weights, target);
  }

  @Override
  public void run(int index) {
    layer = index;
    session.run(layer, layer + 1, all);
    gather();
  }

  @Override
  public void keep() {
    FloatPointer kept =
        inputs
            .computeIfAbsent(layer, e -> new GrowingFloats())
            .atLeast((long) batch.padded() * width);
    for (int t = 0; t < batch.size(); t += WIDE_TILE) {
      kernels.wideNorm().apply(model.plainNorm, at(states.get(), t, width), at(kept, t, width));
    }
    float[] zero = new float[width];
    for (int row = 0; row < rows.size(); row++) {
      at(kept, rows.classToken(row), width).put(zero, 0, width);
    }
  }

  @Override
  public void sumInputs(int exitLayer, float[] sums) {
    FloatPointer x = inputs.get(exitLayer).get();
    int size = width + 1;
    FloatPointer target = products.atLeast((long) size * size);
    multiply(x, x, width, target, size);
    target.get(sums, 0, size * size);
    for (int i = 0; i < width; i++) {
      sums[i * size + width] = sums[width * size + i];
    }
    sums[size * size - 1] = rows.tokens() - rows.size();
  }

  @Override
  public void sumOutputs(int exitLayer, float[] sums) {
    int size = (width + 1) * columns;
    FloatPointer target = products.atLeast(size);
    multiply(inputs.get(exitLayer).get(), keyValues.get(), columns, target, columns);
    target.get(sums, 0, size);
  }

  /**
   * {@code [x; 1]ᵀ·right} over all tokens but class tokens.
   *
   * @param x {@code [tokens, width]}
   * @param right {@code [tokens, count]}
   * @param target receives {@code [width + 1, count]}, {@code stride} floats a row
   */
  private void multiply(
      FloatPointer x, FloatPointer right, int count, FloatPointer target, int stride) {
    multiply(TRANSPOSED, width, x, width, right, count, target, stride);
    FloatPointer last = at(target, width, stride);
    multiply(PLAIN, 1, ones.get(), rows.tokens(), right, count, last, stride);
  }

  private void multiply(
      byte transposed,
      int outputs,
      FloatPointer left,
      int leftStride,
      FloatPointer right,
      int count,
      FloatPointer target,
      int stride) {
    OneDnn.check(
        dnnl_sgemm(
            transposed,
            PLAIN,
            outputs,
            count,
            rows.tokens(),
            1,
            left,
            leftStride,
            right,
            count,
            0,
            target,
            stride),
        "summing up for the mapper");
  }

  @Override
  public void readErrors(int exitLayer, LinearTensors map, float[] squares) {
    LinearKernel.Weights weights = model.mapper(map);
    FloatPointer x = inputs.get(exitLayer).get();
    for (int t = 0; t < batch.size(); t += WIDE_TILE) {
      int count = batch.inWideTile(t);
      kernels.mapping().apply(weights, count, at(x, t, width), made);
      made.get(madeTile, 0, count * columns);
      int own = t * columns;
      for (int i = 0; i < count * columns; i++) {
        madeTile[i] -= keyValueCopy[own + i];
      }
      for (int i = 0; i < count; i++) {
        squares[t + i] = (float) TokenFeatures.squares(madeTile, i * columns, columns);
      }
    }
  }

  @Override
  public void readOutputSquares(float[] squares) {
    for (int t = 0; t < rows.tokens(); t++) {
      squares[t] = (float) TokenFeatures.squares(keyValueCopy, t * columns, columns);
    }
  }

  @Override
  public void readAttentionSquares(float[] squares) {
    attention.readSquares(states.get(), squares);
  }

  @Override
  public void readAttention(float[] target) {
    attention.readAttention(states.get(), target);
  }

  @Override
  public void readStates(float[] target) {
    states.get().get(target, 0, rows.tokens() * width);
  }

  private static FloatPointer at(FloatPointer matrix, int index, int stride) {
    return matrix.getPointer((long) index * stride);
  }

  @Override
  public void close() {
    session.close();
    attention.close();
    inputs.values().forEach(GrowingFloats::close);
    states.close();
    ones.close();
    keyValues.close();
    products.close();
    scope.close();
  }
}
