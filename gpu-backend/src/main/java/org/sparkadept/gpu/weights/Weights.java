package org.sparkadept.gpu.weights;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.model.RotaryTables;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A model's weights in arrays that a device can take: matrices in single or half precision, all
 * else in single.
 */
public final class Weights {
  private final WeightPlan plan;
  private final LayerPlaces[] layers;
  private final Map<Integer, Integer> headBiases = new TreeMap<>();
  private final Map<Integer, Integer> policies = new TreeMap<>();
  private final Map<LinearTensors, Integer> mapperBiases = new IdentityHashMap<>();
  private final int finalNorm;
  private final int finalNormBias;

  /** {@code [vocabulary, width]}. */
  public final TornadoNativeArray embedding;

  /** {@code [positions, width]} where positions are learned. */
  public final FloatArray positions;

  /** {@code [positions, headDim]}, cosines then sines, where positions are rotary. */
  public final FloatArray rotary;

  /** {@code [layers, queryWidth, width]}. */
  public final TornadoNativeArray query;

  /** {@code [layers, 2 · keyWidth, width]}: keys above values. */
  public final TornadoNativeArray keyValue;

  /** {@code [layers, width, queryWidth]}. */
  public final TornadoNativeArray output;

  /** {@code [layers, mlpWidth, width]} where the MLP is gated. */
  public final TornadoNativeArray gate;

  /** {@code [layers, mlpWidth, width]}. */
  public final TornadoNativeArray up;

  /** {@code [layers, width, mlpWidth]}. */
  public final TornadoNativeArray down;

  /** {@code [outputs, width]} for each exit layer. */
  public final TornadoNativeArray heads;

  /** {@code [2 · keyWidth, width]} for each hidden state mapper. */
  public final TornadoNativeArray mappers;

  /** ε, then every norm, bias and token policy. */
  public final FloatArray vectors;

  /**
   * Reads the weights.
   *
   * @param source the model
   * @param plan where its matrices go, and in which precision
   * @throws OutOfHalfRangeException if they go to half precision, and a weight is too large for it
   */
  public Weights(ModelSource source, WeightPlan plan) {
    this.plan = plan;
    ModelConfig config = source.config();
    embedding = matrices("embedding");
    positions = floats("positions");
    rotary = floats("rotary");
    query = matrices("query");
    keyValue = matrices("keyValue");
    output = matrices("output");
    gate = matrices("gate");
    up = matrices("up");
    down = matrices("down");
    heads = matrices("heads");
    mappers = matrices("mappers");
    MatrixCopy.copy(source.tensors().embedding(), config.vocabulary(), embedding, 0);
    if (config.learnedPositions()) {
      MatrixCopy.copy(source.tensors().positions(), source.maxTokens(), positions, 0);
    } else {
      fillRotary(RotaryTables.of(config, source.maxTokens()));
    }
    Vectors all = new Vectors();
    all.add(new float[] {config.normEps()});
    layers = new LayerPlaces[config.layers()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = read(source.tensors().layer(i), i, all);
    }
    NormTensors last = source.tensors().finalNorm();
    finalNorm = all.add(last.weight());
    finalNormBias = all.add(last.bias());
    for (Map.Entry<Integer, LinearTensors> head : source.heads().entrySet()) {
      copy(head.getValue().weight(), heads, plan.head(head.getKey()));
      headBiases.put(head.getKey(), all.add(head.getValue().bias()));
    }
    for (Map.Entry<Integer, TokenPolicy> policy : source.tokenExits().policies().entrySet()) {
      float[] weight = policy.getValue().weight();
      float[] vector = Arrays.copyOf(weight, weight.length + 1);
      vector[weight.length] = policy.getValue().bias();
      policies.put(policy.getKey(), all.add(vector));
    }
    for (Map.Entry<LinearTensors, Long> map : plan.mappers().entrySet()) {
      copy(map.getKey().weight(), mappers, map.getValue());
      mapperBiases.put(map.getKey(), all.add(map.getKey().bias()));
    }
    vectors = all.toArray();
  }

  private FloatArray floats(String name) {
    return new FloatArray(Math.toIntExact(plan.sizes().get(name).elements()));
  }

  private TornadoNativeArray matrices(String name) {
    int elements = Math.toIntExact(plan.sizes().get(name).elements());
    return plan.halves() ? new HalfFloatArray(elements) : new FloatArray(elements);
  }

  private LayerPlaces read(LayerTensors tensors, int layer, Vectors all) {
    copyLayer(tensors.query(), query, layer);
    long keys = size(tensors.key());
    copy(tensors.key().weight(), keyValue, 2 * keys * layer);
    copy(tensors.value().weight(), keyValue, 2 * keys * layer + keys);
    copyLayer(tensors.output(), output, layer);
    if (tensors.gate() != null) {
      copyLayer(tensors.gate(), gate, layer);
    }
    copyLayer(tensors.up(), up, layer);
    copyLayer(tensors.down(), down, layer);
    return new LayerPlaces(
        all.add(tensors.attentionNorm().weight()),
        all.add(tensors.attentionNorm().bias()),
        all.add(tensors.query().bias()),
        all.add(together(tensors.key(), tensors.value())),
        all.add(tensors.output().bias()),
        all.add(tensors.queryNorm()),
        all.add(tensors.keyNorm()),
        all.add(tensors.mlpNorm().weight()),
        all.add(tensors.mlpNorm().bias()),
        tensors.gate() == null ? -1 : all.add(tensors.gate().bias()),
        all.add(tensors.up().bias()),
        all.add(tensors.down().bias()));
  }

  /** Biases of keys and values one behind the other; null where neither has one. */
  private static float[] together(LinearTensors key, LinearTensors value) {
    if (key.bias() == null && value.bias() == null) {
      return null;
    }
    int half = key.weight().rows();
    float[] bias = new float[2 * half];
    if (key.bias() != null) {
      System.arraycopy(key.bias(), 0, bias, 0, half);
    }
    if (value.bias() != null) {
      System.arraycopy(value.bias(), 0, bias, half, half);
    }
    return bias;
  }

  private void fillRotary(RotaryTables tables) {
    int at = 0;
    for (int position = 0; position < tables.cos().length; position++) {
      for (float value : tables.cos()[position]) {
        rotary.set(at++, value);
      }
      for (float value : tables.sin()[position]) {
        rotary.set(at++, value);
      }
    }
  }

  private static long size(LinearTensors tensors) {
    return (long) tensors.weight().rows() * tensors.weight().cols();
  }

  private static void copyLayer(LinearTensors tensors, TornadoNativeArray array, int layer) {
    copy(tensors.weight(), array, size(tensors) * layer);
  }

  private static void copy(Matrix matrix, TornadoNativeArray array, long at) {
    MatrixCopy.copy(matrix, matrix.rows(), array, at);
  }

  /** Whether matrices are in half precision. */
  public boolean halves() {
    return plan.halves();
  }

  /** The arrays of matrices, all of one precision, which their class tells. */
  public List<TornadoNativeArray> matrices() {
    return List.of(embedding, query, keyValue, output, gate, up, down, heads, mappers);
  }

  /** The other arrays, which are in single precision always. */
  public List<FloatArray> floats() {
    return List.of(positions, rotary, vectors);
  }

  /** Where a layer's vectors are, counted from 0. */
  public LayerPlaces layer(int index) {
    return layers[index];
  }

  /** Where the final norm's weight begins. */
  public int finalNorm() {
    return finalNorm;
  }

  /** Where the final norm's bias begins, or -1. */
  public int finalNormBias() {
    return finalNormBias;
  }

  /** Where an exit head's matrix begins. */
  public int head(int exitLayer) {
    return plan.head(exitLayer);
  }

  /** Where an exit head's bias begins, or -1. */
  public int headBias(int exitLayer) {
    return headBiases.get(exitLayer);
  }

  /** Where the matrix of a hidden state mapper begins; layers are counted from 1. */
  public int mapper(int exitLayer, int layer) {
    return plan.mapper(exitLayer, layer);
  }

  /** Where the bias of a hidden state mapper begins, or -1; layers are counted from 1. */
  public int mapperBias(int exitLayer, int layer) {
    return mapperBiases.get(plan.map(exitLayer, layer));
  }

  /** Where the token policy of an exit layer begins. */
  public int policy(int exitLayer) {
    return policies.get(exitLayer);
  }
}
