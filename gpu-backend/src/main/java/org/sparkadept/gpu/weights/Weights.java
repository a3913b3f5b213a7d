package org.sparkadept.gpu.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.RotaryTables;
import org.sparkadept.decoder.tensor.Matrix;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A model's weights in arrays for the device: matrices in single or half precision, everything else
 * in single precision.
 */
public final class Weights {
  /**
   * Offsets of a layer's vectors in {@link Weights#vectors}; -1 for those it does not have.
   *
   * @param attentionNorm weight of the norm before attention
   * @param attentionNormBias its bias
   * @param query bias of the queries
   * @param keyValue bias of keys and values
   * @param output bias of the attention's output
   * @param queryNorm weight of the norm of each head's query
   * @param keyNorm weight of the norm of each head's key
   * @param mlpNorm weight of the norm before the MLP
   * @param mlpNormBias its bias
   * @param gate bias of the gate
   * @param up bias of the MLP's first projection
   * @param down bias of its last
   */
  public record LayerOffsets(
      int attentionNorm,
      int attentionNormBias,
      int query,
      int keyValue,
      int output,
      int queryNorm,
      int keyNorm,
      int mlpNorm,
      int mlpNormBias,
      int gate,
      int up,
      int down) {}

  /** Collects vectors one after the other. */
  private static final class VectorList {
    private final List<float[]> vectors = new ArrayList<>();
    private final Map<float[], Integer> offsets = new IdentityHashMap<>();
    private int size;

    /** Adds a vector, unless it is there already; returns its offset, -1 for null. */
    int add(float[] vector) {
      if (vector == null) {
        return -1;
      }
      Integer offset = offsets.putIfAbsent(vector, size);
      if (offset != null) {
        return offset;
      }
      vectors.add(vector);
      size += vector.length;
      return size - vector.length;
    }

    FloatArray toArray() {
      FloatArray array = new FloatArray(size);
      int at = 0;
      for (float[] vector : vectors) {
        for (float value : vector) {
          array.set(at++, value);
        }
      }
      return array;
    }
  }

  private final WeightPlan plan;
  private final LayerOffsets[] layers;
  private final Map<Integer, Integer> headBiases = new TreeMap<>();
  private final Map<Integer, Integer> policies = new TreeMap<>();
  private final Map<LinearTensors, Integer> mapperBiases = new IdentityHashMap<>();
  private final int finalNorm;
  private final int finalNormBias;

  /** {@code [vocabulary, width]}. */
  public final TornadoNativeArray embedding;

  /** {@code [positions, width]} if positions are learned. */
  public final FloatArray positions;

  /** {@code [positions, headDim]}, cosines then sines, if positions are rotary. */
  public final FloatArray rotary;

  /** {@code [layers, queryWidth, width]}. */
  public final TornadoNativeArray query;

  /** {@code [layers, 2 · keyWidth, width]}: keys above values. */
  public final TornadoNativeArray keyValue;

  /** {@code [layers, width, queryWidth]}. */
  public final TornadoNativeArray output;

  /** {@code [layers, mlpWidth, width]} if the MLP is gated. */
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
   * @param plan offsets and precision of its matrices
   * @throws OutOfHalfRangeException if matrices are in half precision and a weight is beyond it
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
    VectorList all = new VectorList();
    all.add(new float[] {config.normEps()});
    layers = new LayerOffsets[config.layers()];
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
    return plan.halfPrecision() ? new HalfFloatArray(elements) : new FloatArray(elements);
  }

  private LayerOffsets read(LayerTensors tensors, int layer, VectorList all) {
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
    return new LayerOffsets(
        all.add(tensors.attentionNorm().weight()),
        all.add(tensors.attentionNorm().bias()),
        all.add(tensors.query().bias()),
        all.add(keyValueBias(tensors.key(), tensors.value())),
        all.add(tensors.output().bias()),
        all.add(tensors.queryNorm()),
        all.add(tensors.keyNorm()),
        all.add(tensors.mlpNorm().weight()),
        all.add(tensors.mlpNorm().bias()),
        tensors.gate() == null ? -1 : all.add(tensors.gate().bias()),
        all.add(tensors.up().bias()),
        all.add(tensors.down().bias()));
  }

  /** Biases of keys and values one after the other; null if neither has one. */
  private static float[] keyValueBias(LinearTensors key, LinearTensors value) {
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
  public boolean halfPrecision() {
    return plan.halfPrecision();
  }

  /** The arrays of matrices: all {@link HalfFloatArray}, or all {@link FloatArray}. */
  public List<TornadoNativeArray> matrices() {
    return List.of(embedding, query, keyValue, output, gate, up, down, heads, mappers);
  }

  /** The other arrays, always in single precision. */
  public List<FloatArray> floats() {
    return List.of(positions, rotary, vectors);
  }

  /** Offsets of a layer's vectors; layers are counted from 0. */
  public LayerOffsets layer(int index) {
    return layers[index];
  }

  /** Offset of the final norm's weight. */
  public int finalNorm() {
    return finalNorm;
  }

  /** Offset of the final norm's bias, or -1. */
  public int finalNormBias() {
    return finalNormBias;
  }

  /** Offset of an exit head's matrix. */
  public int head(int exitLayer) {
    return plan.head(exitLayer);
  }

  /** Offset of an exit head's bias, or -1. */
  public int headBias(int exitLayer) {
    return headBiases.get(exitLayer);
  }

  /** Offset of a hidden state mapper's matrix; layers are counted from 1. */
  public int mapper(int exitLayer, int layer) {
    return plan.mapper(exitLayer, layer);
  }

  /** Offset of a hidden state mapper's bias, or -1; layers are counted from 1. */
  public int mapperBias(int exitLayer, int layer) {
    return mapperBiases.get(plan.map(exitLayer, layer));
  }

  /** Offset of an exit layer's token policy. */
  public int policy(int exitLayer) {
    return policies.get(exitLayer);
  }
}
