package org.sparkadept.gpu.weights;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Sizes of the arrays of weights, by their names, before any weight is read. */
public final class WeightSizes {
  /**
   * Size of an array on the device.
   *
   * @param elements number of elements
   * @param elementBytes bytes of an element
   */
  public record ArraySize(long elements, int elementBytes) {
    /** Upper bound of TornadoVM's header before the elements. */
    private static final int HEADER = 64;

    /** Size of an array of four-byte numbers. */
    public static ArraySize words(long elements) {
      return new ArraySize(elements, Integer.BYTES);
    }

    /** Bytes of the whole array. */
    public long bytes() {
      return elements * elementBytes + HEADER;
    }

    /** A new array of this size, in half precision where elements have two bytes. */
    TornadoNativeArray allocate() {
      int count = Math.toIntExact(elements);
      return elementBytes == Short.BYTES ? new HalfFloatArray(count) : new FloatArray(count);
    }
  }

  private WeightSizes() {}

  /**
   * Arrays of {@link EmbeddingWeights}.
   *
   * @param halfPrecision whether matrices are in half precision
   */
  public static Map<String, ArraySize> embeddings(ModelConfig config, boolean halfPrecision) {
    long positions = config.embedding().learnedPositions() ? config.maxPositions() : 0;
    Map<String, ArraySize> sizes = new LinkedHashMap<>();
    sizes.put("embedding", matrix((long) config.vocabulary() * config.width(), halfPrecision));
    sizes.put("positions", ArraySize.words(Math.max(1, positions * config.width())));
    return sizes;
  }

  /**
   * Arrays of {@link LayerWeights}.
   *
   * @param count number of layers
   * @param halfPrecision whether matrices are in half precision
   */
  public static Map<String, ArraySize> layers(
      ModelConfig config, long count, boolean halfPrecision) {
    long query = (long) config.queryWidth() * config.width();
    long mlp = (long) config.mlpWidth() * config.width();
    long keyValue = 2L * config.keyWidth() * config.width();
    Map<String, ArraySize> sizes = new LinkedHashMap<>();
    sizes.put("query", matrix(count * query, halfPrecision));
    sizes.put("keyValue", matrix(count * keyValue, halfPrecision));
    sizes.put("output", matrix(count * query, halfPrecision));
    sizes.put("gate", matrix(config.gatedMlp() ? count * mlp : 1, halfPrecision));
    sizes.put("up", matrix(count * mlp, halfPrecision));
    sizes.put("down", matrix(count * mlp, halfPrecision));
    sizes.put("vectors", ArraySize.words(2 * (1 + count * layerVectors(config))));
    return sizes;
  }

  /** Upper bound of the floats of a layer's norms and biases. */
  private static long layerVectors(ModelConfig config) {
    return 6L * config.width()
        + config.queryWidth()
        + 2L * config.keyWidth()
        + 2L * config.mlpWidth()
        + 2L * config.headDim();
  }

  /**
   * Arrays of {@link LinearWeights}.
   *
   * @param name name of the matrices
   * @param linears the projections
   * @param vectors number of floats of the other vectors
   * @param halfPrecision whether matrices are in half precision
   */
  public static Map<String, ArraySize> linears(
      String name, Collection<LinearTensors> linears, long vectors, boolean halfPrecision) {
    long elements = 0;
    long floats = 1 + vectors;
    for (LinearTensors linear : linears) {
      elements += (long) linear.weight().rows() * linear.weight().cols();
      floats += linear.weight().rows();
    }
    Map<String, ArraySize> sizes = new LinkedHashMap<>();
    sizes.put(name, matrix(elements, halfPrecision));
    sizes.put("vectors", ArraySize.words(floats));
    return sizes;
  }

  private static ArraySize matrix(long elements, boolean halfPrecision) {
    return new ArraySize(elements, halfPrecision ? Short.BYTES : Float.BYTES);
  }
}
