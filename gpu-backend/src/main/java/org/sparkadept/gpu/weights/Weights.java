package org.sparkadept.gpu.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.compute.RotaryTables;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.Matrix;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** A model's weights in single precision, in arrays that a device can take. */
public final class Weights {
  /** Floats that are read at once. */
  private static final int CHUNK = 1 << 20;

  private final WeightPlan plan;
  private final LayerPlaces[] layers;
  private final Map<Integer, Integer> headBiases = new TreeMap<>();
  private final Map<Integer, Integer> policies = new TreeMap<>();
  private final Map<LinearTensors, Integer> mapperBiases = new IdentityHashMap<>();
  private final int finalNorm;
  private final int finalNormBias;

  /** {@code [vocabulary, width]}. */
  public final FloatArray embedding;

  /** {@code [positions, width]} where positions are learned. */
  public final FloatArray positions;

  /** {@code [positions, headDim]}, cosines then sines, where positions are rotary. */
  public final FloatArray rotary;

  /** {@code [layers, queryWidth, width]}. */
  public final FloatArray query;

  /** {@code [layers, 2 · keyWidth, width]}: keys above values. */
  public final FloatArray keyValue;

  /** {@code [layers, width, queryWidth]}. */
  public final FloatArray output;

  /** {@code [layers, mlpWidth, width]} where the MLP is gated. */
  public final FloatArray gate;

  /** {@code [layers, mlpWidth, width]}. */
  public final FloatArray up;

  /** {@code [layers, width, mlpWidth]}. */
  public final FloatArray down;

  /** {@code [outputs, width]} for each exit layer. */
  public final FloatArray heads;

  /** {@code [2 · keyWidth, width]} for each hidden state mapper. */
  public final FloatArray mappers;

  /** ε, then every norm, bias and token policy. */
  public final FloatArray vectors;

  /**
   * Reads the weights.
   *
   * @param source the model
   * @param plan where its matrices go
   */
  public Weights(ModelSource source, WeightPlan plan) {
    this.plan = plan;
    ModelConfig config = source.config();
    embedding = array("embedding");
    positions = array("positions");
    rotary = array("rotary");
    query = array("query");
    keyValue = array("keyValue");
    output = array("output");
    gate = array("gate");
    up = array("up");
    down = array("down");
    heads = array("heads");
    mappers = array("mappers");
    copy(source.tensors().embedding(), embedding, 0, config.vocabulary());
    if (config.learnedPositions()) {
      copy(source.tensors().positions(), positions, 0, source.maxTokens());
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

  private FloatArray array(String name) {
    return new FloatArray(Math.toIntExact(plan.sizes().get(name)));
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

  private static void copyLayer(LinearTensors tensors, FloatArray array, int layer) {
    copy(tensors.weight(), array, size(tensors) * layer);
  }

  private static void copy(Matrix matrix, FloatArray array, long at) {
    copy(matrix, array, at, matrix.rows());
  }

  private static void copy(Matrix matrix, FloatArray array, long at, int rows) {
    MemorySegment target = array.getSegment();
    int step = Math.max(1, CHUNK / matrix.cols());
    float[] chunk = new float[Math.min(step, rows) * matrix.cols()];
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row);
      matrix.read(row, count, chunk, 0);
      long byteAt = (at + (long) row * matrix.cols()) * Float.BYTES;
      MemorySegment.copy(chunk, 0, target, ValueLayout.JAVA_FLOAT, byteAt, count * matrix.cols());
    }
  }

  /** All arrays. */
  public List<FloatArray> arrays() {
    return List.of(
        embedding, positions, rotary, query, keyValue, output, gate, up, down, heads, mappers,
        vectors);
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
