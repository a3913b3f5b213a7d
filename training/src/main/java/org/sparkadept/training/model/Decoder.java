package org.sparkadept.training.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Linear;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * The forward pass, as Hugging Face's {@code LlamaForSequenceClassification} computes it, with an
 * exit head after every layer. Everything is differentiable.
 */
public final class Decoder {
  private static final float MASKED = -1e9f;

  private final ModelShape model;
  private final Weights weights;
  private final Rotary rotary;
  private final NDManager manager;
  private final Map<Integer, NDArray> masks = new HashMap<>();

  // Scalars that the backward pass reads again. DJL frees the ones it makes from a Java number as
  // soon as the forward operation is done.
  private final NDArray queryScale;
  private final NDArray inverseRoot;

  /**
   * What a forward pass yields.
   *
   * @param exitLogits {@code [layers, rows, labels]}
   * @param last residual stream after the last layer, {@code [rows * width, model width]}
   */
  public record Output(NDArray exitLogits, NDArray last) {}

  /**
   * A decoder over given weights.
   *
   * @param manager owns tables that live as long as the decoder
   */
  public Decoder(NDManager manager, ModelShape model, Weights weights) {
    this.model = model;
    this.weights = weights;
    this.rotary = new Rotary(manager, model);
    this.manager = manager;
    this.queryScale = manager.create((float) (1 / Math.sqrt(model.headWidth())));
    this.inverseRoot = manager.create(-0.5f);
  }

  /**
   * Runs all layers.
   *
   * @param scope owns the results and everything between
   * @param batch rows of at most maxPositions tokens
   */
  public Output forward(NDManager scope, Batch batch) {
    return forward(scope, batch, 0, new Random(0));
  }

  /**
   * Runs all layers with dropout on the embedding and on what a layer adds to the residual stream.
   *
   * @param scope owns the results and everything between
   * @param batch rows of at most maxPositions tokens
   * @param dropout share of entries that are zeroed
   * @param random draws them
   */
  public Output forward(NDManager scope, Batch batch, double dropout, Random random) {
    RowDropout drop = new RowDropout(scope, batch.rows(), model.width(), dropout, random);
    NDArray ids = scope.create(batch.tokens(), new Shape(batch.rows(), batch.width()));
    NDArray positions = scope.create(batch.classPositions());
    NDArray hidden = drop.apply(lookUp(ids, weights.get(WeightName.EMBEDDING)));
    NDList classStates = new NDList();
    for (int layer = 0; layer < model.layers(); layer++) {
      NDArray attention =
          attention(layer, norm(hidden, WeightName.attentionNorm(layer)), batch.width());
      hidden = hidden.add(drop.apply(attention));
      NDArray mlp = mlp(layer, norm(hidden, WeightName.mlpNorm(layer)));
      hidden = hidden.add(drop.apply(mlp));
      classStates.add(lookUp(positions, flat(hidden)));
    }
    return new Output(exitLogits(scope, NDArrays.stack(classStates)), flat(hidden));
  }

  /**
   * Next-token logits of some positions, with the embedding as the language-model head.
   *
   * @param last {@link Output#last}
   * @param positions indexes into its rows, {@code [count]}
   * @return {@code [count, vocabulary]}
   */
  public NDArray nextTokenLogits(NDArray last, NDArray positions) {
    NDArray states = norm(lookUp(positions, last), WeightName.FINAL_NORM);
    return linear(states, weights.get(WeightName.EMBEDDING));
  }

  /** Exit heads on the shared final norm: {@code z_e = W_e norm(h_e) + b_e}, last bias 0. */
  private NDArray exitLogits(NDManager scope, NDArray classStates) {
    NDArray states = norm(classStates, WeightName.FINAL_NORM);
    NDArray heads = weights.get(WeightName.EXIT_WEIGHT).transpose(0, 2, 1);
    NDArray none = scope.zeros(new Shape(1, model.labels()));
    NDArray bias = NDArrays.concat(new NDList(weights.get(WeightName.EXIT_BIAS), none), 0);
    // Results belong to the manager of their first operand, here the one of the long-lived weights.
    heads.attach(scope);
    bias.attach(scope);
    return states.matMul(heads).add(bias.expandDims(1));
  }

  /**
   * Grouped-query attention. The queries that share a key head are laid behind each other, so that
   * keys and values need not be repeated: {@code [rows, kv, group * time, head]}.
   */
  private NDArray attention(int layer, NDArray input, int time) {
    int kv = model.keyValueHeads();
    int group = model.group();
    int head = model.headWidth();
    long rows = input.getShape().get(0);
    NDArray heads =
        linear(input, weights.get(WeightName.queryKeyValue(layer)))
            .reshape(rows, time, model.queryHeads() + 2L * kv, head);
    NDList parts = heads.split(new long[] {model.queryHeads() + kv}, 2);
    NDList rotated = rotary.apply(parts.get(0), time).split(new long[] {model.queryHeads()}, 2);
    NDArray query =
        rotated
            .get(0)
            .mul(queryScale)
            .reshape(rows, time, kv, group, head)
            .transpose(0, 2, 3, 1, 4)
            .reshape(rows, kv, (long) group * time, head);
    NDArray key = rotated.get(1).transpose(0, 2, 3, 1);
    NDArray value = parts.get(1).transpose(0, 2, 1, 3);
    NDArray probabilities = query.matMul(key).add(causalMask(time)).softmax(-1);
    NDArray mixed =
        probabilities
            .matMul(value)
            .reshape(rows, kv, group, time, head)
            .transpose(0, 3, 1, 2, 4)
            .reshape(rows, time, model.queryWidth());
    return linear(mixed, weights.get(WeightName.attentionOutput(layer)));
  }

  /** The mask {@code [group * time, time]}: 0 where a query may look, else a large negative. */
  private NDArray causalMask(int time) {
    return masks.computeIfAbsent(
        time,
        length -> {
          float[] values = new float[model.group() * length * length];
          for (int query = 0; query < model.group() * length; query++) {
            for (int key = query % length + 1; key < length; key++) {
              values[query * length + key] = MASKED;
            }
          }
          return manager.create(values, new Shape((long) model.group() * length, length));
        });
  }

  /** Gated MLP: {@code down(silu(gate x) * up x)}. */
  private NDArray mlp(int layer, NDArray input) {
    NDList parts =
        linear(input, weights.get(WeightName.gateUp(layer)))
            .split(new long[] {model.intermediate()}, 2);
    NDArray gate = parts.get(0);
    NDArray gated = gate.mul(gate.getNDArrayInternal().sigmoid()).mul(parts.get(1));
    return linear(gated, weights.get(WeightName.down(layer)));
  }

  /** RMSNorm over the last axis: {@code x / sqrt(mean(x^2) + epsilon) * gain}. */
  private NDArray norm(NDArray input, String gain) {
    NDArray meanSquare = input.square().mean(new int[] {-1}, true);
    NDArray scale = meanSquare.add(ModelShape.NORM_EPSILON).pow(inverseRoot);
    return input.mul(scale).mul(weights.get(gain));
  }

  private NDArray flat(NDArray hidden) {
    return hidden.reshape(-1, model.width());
  }

  private static NDArray lookUp(NDArray ids, NDArray table) {
    return ids.getNDArrayInternal().embedding(ids, table, SparseFormat.DENSE).singletonOrThrow();
  }

  private static NDArray linear(NDArray input, NDArray weight) {
    return Linear.linear(input, weight).singletonOrThrow();
  }
}
