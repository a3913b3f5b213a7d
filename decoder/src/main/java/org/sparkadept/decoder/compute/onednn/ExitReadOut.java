package org.sparkadept.decoder.compute.onednn;

import static org.sparkadept.decoder.compute.onednn.LinearKernel.TILE;
import static org.sparkadept.decoder.compute.onednn.LinearKernel.WIDE_TILE;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.exit.ExitHead;

/** What exit heads read of the residual stream, and the scores that they give. */
final class ExitReadOut implements AutoCloseable {
  private final NativeScope scope = new NativeScope();
  private final OneDnnModel model;
  private final int width;
  private final dnnl_stream stream;
  private final LayerKernels.Use kernels;
  private final HiddenStates hidden;
  private final TokenMeans means;
  private final TokenBatch batch = new TokenBatch();
  private final Map<LinearKernel, LinearKernel.Use> heads = new HashMap<>();
  private final FloatPointer gathered;
  private final FloatPointer normed;

  /** What exit heads read, {@code [TILE, inputs]}, where it is not a norm alone. */
  private final GrowingFloats inputs = new GrowingFloats();

  /** Scores of an exit head, {@code [TILE, outputs]}. */
  private final GrowingFloats scores = new GrowingFloats();

  private TokenRows wave = new TokenRows(new int[0], new int[] {0});
  private TokenExitState exits;

  /** Reads {@code hidden} with the norms of {@code kernels}; closes neither. */
  ExitReadOut(
      OneDnnModel model, dnnl_stream stream, LayerKernels.Use kernels, HiddenStates hidden) {
    this.model = model;
    this.stream = stream;
    this.kernels = kernels;
    this.hidden = hidden;
    width = model.config.width();
    means = new TokenMeans(width);
    gathered = scope.floats((long) WIDE_TILE * width);
    normed = scope.floats((long) WIDE_TILE * width);
  }

  /** Begins a wave of rows. */
  void begin(TokenRows rows, TokenExitState how) {
    wave = rows;
    exits = how;
  }

  /** Scores of a head, {@code [rows, outputs]}. */
  void scores(ExitHead head, RowSet rows, float[] into) {
    LinearKernel.Weights weights = model.head(head);
    int outputs = head.outputs();
    LinearKernel.Use kernel =
        heads.computeIfAbsent(
            model.kernels.head(head.inputs(), outputs), shape -> shape.use(scope, stream));
    FloatPointer result = scores.atLeast((long) TILE * outputs);
    for (int first = 0; first < rows.size(); first += TILE) {
      RowSet tile = rows.range(first, Math.min(rows.size(), first + TILE));
      kernel.apply(weights, tile.size(), tileInputs(head.input(), tile), result);
      result.get(into, first * outputs, tile.size() * outputs);
    }
  }

  /** What heads read, {@code [rows, input]}. */
  void inputs(ExitHead.Input input, RowSet rows, float[] into) {
    int size = input.size(width);
    for (int first = 0; first < rows.size(); first += TILE) {
      RowSet tile = rows.range(first, Math.min(rows.size(), first + TILE));
      tileInputs(input, tile).get(into, first * size, tile.size() * size);
    }
  }

  /** What an exit head reads of up to a tile of rows. */
  private FloatPointer tileInputs(ExitHead.Input input, RowSet rows) {
    batch.clear();
    for (int i = 0; i < rows.size(); i++) {
      int row = rows.row(i);
      batch.add(wave.classToken(row), wave.length(row) - 1);
    }
    hidden.gather(batch, 0, batch.size(), gathered);
    kernels.norm().apply(model.finalNorm, gathered, normed);
    if (input == ExitHead.Input.CLASS_TOKEN) {
      return normed;
    }
    FloatPointer both = inputs.atLeast((long) TILE * 2 * width);
    means.append(normed, rows, both);
    return both;
  }

  /**
   * Takes the mean of the tokens of rows but the class token, normalized. What has exited is
   * normalized already.
   */
  void averageTokens(RowSet rows) {
    batch.clear();
    int[] rowEnds = new int[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      int start = wave.start(rows.row(i));
      for (int position = 0; position < wave.length(rows.row(i)) - 1; position++) {
        batch.add(start + position, position);
      }
      rowEnds[i] = batch.size();
      means.clear(wave.size(), rows.row(i));
    }
    FloatBuffer stored = OneDnn.view(gathered, (long) WIDE_TILE * width);
    FloatBuffer live = OneDnn.view(normed, (long) WIDE_TILE * width);
    int row = 0;
    for (int tile = 0; tile < batch.size(); tile += WIDE_TILE) {
      hidden.gather(batch, tile, batch.inWideTile(tile), gathered);
      kernels.wideNorm().apply(model.plainNorm, gathered, normed);
      for (int t = tile; t < tile + batch.inWideTile(tile); t++) {
        while (t >= rowEnds[row]) {
          row++;
        }
        boolean exited = exits.exitOf(batch.token(t)) > 0;
        means.add(rows.row(row), exited ? stored : live, t - tile);
      }
    }
    for (int i = 0; i < rows.size(); i++) {
      means.divide(rows.row(i), wave.length(rows.row(i)) - 1);
    }
  }

  @Override
  public void close() {
    scores.close();
    inputs.close();
    scope.close();
  }
}
