package org.sparkadept.gpu.weights;

import java.util.Map;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.gpu.weights.WeightSizes.ArraySize;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The weights of successive layers: one array for each kind of matrix, with the layers one after
 * the other. Matrices are in single or half precision, everything else is in single precision.
 */
public final class LayerWeights {
  /**
   * Offsets of a layer's vectors in {@link LayerWeights#vectors}; -1 for those it does not have.
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

  private final int first;
  private final LayerOffsets[] layers;

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

  /** ε, then every norm and bias. */
  public final FloatArray vectors;

  /**
   * Reads the weights.
   *
   * @param tensors the model
   * @param first the first layer, from 0
   * @param end one more than the last layer
   * @param halfPrecision whether matrices are in half precision
   * @throws OutOfHalfRangeException if a weight is beyond half precision
   */
  public LayerWeights(ModelTensors tensors, int first, int end, boolean halfPrecision) {
    this.first = first;
    layers = new LayerOffsets[end - first];
    Map<String, ArraySize> sizes =
        WeightSizes.layers(tensors.config(), layers.length, halfPrecision);
    query = sizes.get("query").allocate();
    keyValue = sizes.get("keyValue").allocate();
    output = sizes.get("output").allocate();
    gate = sizes.get("gate").allocate();
    up = sizes.get("up").allocate();
    down = sizes.get("down").allocate();
    VectorList all = new VectorList(tensors.config().norms().eps());
    for (int i = 0; i < layers.length; i++) {
      layers[i] = read(tensors.layer(first + i), i, all);
    }
    vectors = all.toArray();
  }

  private LayerOffsets read(LayerTensors tensors, int index, VectorList all) {
    copyLayer(tensors.query(), query, index);
    Matrix key = tensors.key().weight();
    long keys = (long) key.rows() * key.cols();
    MatrixCopy.copy(key, keyValue, 2 * keys * index);
    MatrixCopy.copy(tensors.value().weight(), keyValue, 2 * keys * index + keys);
    copyLayer(tensors.output(), output, index);
    if (tensors.gate() != null) {
      copyLayer(tensors.gate(), gate, index);
    }
    copyLayer(tensors.up(), up, index);
    copyLayer(tensors.down(), down, index);
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

  private static void copyLayer(LinearTensors tensors, TornadoNativeArray array, long index) {
    Matrix matrix = tensors.weight();
    MatrixCopy.copy(matrix, array, index * matrix.rows() * matrix.cols());
  }

  /** Index of a layer, counted from 0 over the model, in the arrays. */
  public int index(int layer) {
    return layer - first;
  }

  /** Offsets of a layer's vectors; the layer is counted from 0 over the model. */
  public LayerOffsets layer(int layer) {
    return layers[layer - first];
  }
}
