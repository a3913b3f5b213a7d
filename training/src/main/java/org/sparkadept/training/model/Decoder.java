package org.sparkadept.training.model;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.model.RotaryTables;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.training.torch.Precision;
import org.sparkadept.training.torch.TorchScript;

/**
 * A decoder with exit heads whose every step can be differentiated. It computes what the decoder's
 * engine computes, for all families that can be tuned.
 */
public final class Decoder implements AutoCloseable {
  private static final float MASKED = -1e9f;

  private final ModelConfig config;
  private final ModelTensors tensors;
  private final ExitPlan plan;
  private final double dropout;
  private final NDManager manager;
  private final TorchScript program;
  private final ModelWeights weights;
  private RotaryTables rotary;

  /**
   * Reads a decoder.
   *
   * @param engine a PyTorch engine
   * @param tensors the checkpoint, which stays open as long as the decoder
   * @param labels number of labels
   * @param dropout share of the entries of embedding and residual updates that training zeroes
   * @param seed seeds LoRA's matrices
   * @throws org.sparkadept.decoder.error.AdeptException if the family cannot be tuned
   */
  public Decoder(
      Engine engine,
      ModelTensors tensors,
      ExitPlan plan,
      int labels,
      Precision precision,
      double dropout,
      long seed) {
    this.config = tensors.config();
    this.tensors = tensors;
    this.plan = plan;
    this.dropout = dropout;
    this.manager = engine.newBaseManager();
    this.program = new TorchScript(engine, DecoderProgram.source(config, precision, dropout));
    this.weights = new ModelWeights(manager, program, tensors, plan, labels, precision, seed);
  }

  /** Its weights. */
  public ModelWeights weights() {
    return weights;
  }

  /**
   * How a forward pass is differentiated.
   *
   * @param gradients whether it can be
   * @param equalShares whether an exit's gradient and that of the exits above it are scaled, so
   *     that at every depth each exit has the same part in the gradient of the shared state (Li et
   *     al. 2019, gradient equilibrium)
   */
  public record Mode(boolean gradients, boolean equalShares) {
    /** No gradients. */
    public static final Mode INFERENCE = new Mode(false, false);
  }

  /**
   * Runs the layers.
   *
   * @param scope owns the result and everything between
   * @param batch rows of at most as many tokens as the model has positions
   * @return logits {@code [exits, rows, labels]}
   */
  public NDArray forward(NDManager scope, Batch batch, Mode mode) {
    NDArray last = scope.create(batch.classPositions());
    NDArray means = scope.create(batch.meanWeights(), new Shape(batch.size(), 1, batch.time()));
    NDArray[] tables = rotaryTables(scope, batch.time());
    Map<Integer, NDArray> masks = new HashMap<>();
    NDList logits = new NDList();
    Map<String, NDArray> norm = read(scope, weights.finalNorm(), mode);
    NDArray hidden = embed(scope, batch, mode);
    for (int layer = 0; layer < plan.depth(); layer++) {
      NDArray before = hidden;
      NDArray mask =
          masks.computeIfAbsent(
              config.slidingWindow(layer), window -> mask(scope, batch.time(), window));
      Map<String, NDArray> read = read(scope, weights.layer(layer), mode);
      hidden = run(scope, mode, "block", read, hidden, tables[0], tables[1], mask);
      int exit = plan.exitLayers().indexOf(layer + 1);
      if (exit >= 0) {
        int above = plan.exits() - 1 - exit;
        NDArray own = scaled(scope, mode, hidden, 1f / (above + 1));
        NDArray shared = scaled(scope, mode, before, 1f / (above + 1));
        Map<String, NDArray> head = new LinkedHashMap<>(norm);
        head.putAll(read(scope, weights.head(exit), mode));
        logits.add(run(scope, mode, "read_out", head, shared, own, last, means));
        hidden = above == 0 ? hidden : scaled(scope, mode, hidden, above / (above + 1f));
      }
    }
    return NDArrays.stack(logits);
  }

  private NDArray scaled(NDManager scope, Mode mode, NDArray state, float share) {
    return mode.gradients() && mode.equalShares() && share < 1
        ? run(scope, mode, "share", Map.of(), state, scope.create(share))
        : state;
  }

  private NDArray run(
      NDManager scope, Mode mode, String method, Map<String, NDArray> named, NDArray... arrays) {
    return program.run(scope, mode.gradients(), method, named, arrays);
  }

  private static Map<String, NDArray> read(
      NDManager scope, Map<String, Weight> weights, Mode mode) {
    Map<String, NDArray> read = new LinkedHashMap<>();
    weights.forEach((name, weight) -> read.put(name, weight.read(scope, mode.gradients())));
    return read;
  }

  /** Token embedding, and that of learned positions: {@code [rows, time, width]}. */
  private NDArray embed(NDManager scope, Batch batch, Mode mode) {
    int[] tokens = batch.tokens();
    Shape shape = new Shape(batch.size(), batch.time(), config.width());
    NDArray hidden;
    if (weights.embedding() != null) {
      NDArray ids = scope.create(tokens, new Shape(batch.size(), batch.time()));
      NDArray table = weights.embedding().read(scope, mode.gradients());
      hidden = run(scope, mode, "look_up", Map.of(), ids, table);
    } else {
      hidden = scope.create(rows(tensors.embedding(), tokens), shape);
    }
    if (config.embedding().learnedPositions()) {
      int[] positions = new int[tokens.length];
      Arrays.setAll(positions, i -> i % batch.time());
      hidden = hidden.add(scope.create(rows(tensors.positions(), positions), shape));
    }
    return dropout > 0 ? run(scope, mode, "drop", Map.of(), hidden) : hidden;
  }

  private static float[] rows(Matrix table, int[] ids) {
    float[] values = new float[Math.multiplyExact(ids.length, table.cols())];
    for (int i = 0; i < ids.length; i++) {
      table.read(ids[i], 1, values, i * table.cols());
    }
    return values;
  }

  /** Cosines and sines {@code [time, head]}; of no rows without rotary positions. */
  private NDArray[] rotaryTables(NDManager scope, int time) {
    if (!config.hasRotary()) {
      NDArray none = scope.zeros(new Shape(0, config.headDim()));
      return new NDArray[] {none, none};
    }
    if (rotary == null || rotary.cos().length < time) {
      rotary = RotaryTables.of(config.rotary(0), time);
    }
    return new NDArray[] {doubled(scope, rotary.cos(), time), doubled(scope, rotary.sin(), time)};
  }

  private static NDArray doubled(NDManager scope, float[][] table, int time) {
    int half = table[0].length;
    float[] values = new float[time * 2 * half];
    for (int position = 0; position < time; position++) {
      System.arraycopy(table[position], 0, values, position * 2 * half, half);
      System.arraycopy(table[position], 0, values, position * 2 * half + half, half);
    }
    return scope.create(values, new Shape(time, 2L * half));
  }

  /**
   * {@code [time, time]}: 0 where a query may look, else a large negative; a window of 0 is all.
   */
  private static NDArray mask(NDManager scope, int time, int window) {
    float[] values = new float[time * time];
    for (int query = 0; query < time; query++) {
      int from = query * time;
      int seen = window == 0 ? 0 : Math.max(0, query - window + 1);
      Arrays.fill(values, from, from + seen, MASKED);
      Arrays.fill(values, from + query + 1, from + time, MASKED);
    }
    return scope.create(values, new Shape(time, time));
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
