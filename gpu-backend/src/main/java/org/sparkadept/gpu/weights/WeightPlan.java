package org.sparkadept.gpu.weights;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * Offsets of the matrices in the device's arrays: one array for each kind of matrix, with the
 * layers one after the other. Offsets are in elements.
 */
public final class WeightPlan {
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
  }

  private final ModelConfig config;
  private final boolean halfPrecision;
  private final Map<Integer, Long> heads = new TreeMap<>();
  private final Map<LinearTensors, Long> mappers = new IdentityHashMap<>();
  private final Map<List<Integer>, LinearTensors> maps = new HashMap<>();
  private final Map<String, ArraySize> sizes = new LinkedHashMap<>();

  /**
   * @param source the model
   * @param halfPrecision whether matrices are in half precision
   */
  public WeightPlan(ModelSource source, boolean halfPrecision) {
    config = source.config();
    this.halfPrecision = halfPrecision;
    long layers = config.layers();
    putMatrices("embedding", (long) config.vocabulary() * config.width());
    putFloats(
        "positions", config.learnedPositions() ? (long) source.maxTokens() * config.width() : 1);
    putFloats(
        "rotary", config.learnedPositions() ? 1 : (long) source.maxTokens() * config.headDim());
    putMatrices("query", layers * config.queryWidth() * config.width());
    putMatrices("keyValue", layers * 2 * config.keyWidth() * config.width());
    putMatrices("output", layers * config.width() * config.queryWidth());
    putMatrices("gate", config.gatedMlp() ? layers * mlp() : 1);
    putMatrices("up", layers * mlp());
    putMatrices("down", layers * mlp());
    putMatrices("heads", planHeads(source));
    putMatrices("mappers", planMappers(source));
  }

  private void putMatrices(String name, long elements) {
    sizes.put(name, new ArraySize(elements, halfPrecision ? Short.BYTES : Float.BYTES));
  }

  private void putFloats(String name, long elements) {
    sizes.put(name, ArraySize.words(elements));
  }

  private long planHeads(ModelSource source) {
    long end = 0;
    for (Map.Entry<Integer, LinearTensors> head : source.heads().entrySet()) {
      heads.put(head.getKey(), end);
      end += (long) head.getValue().weight().rows() * config.width();
    }
    return end;
  }

  /** A mapper that several exit layers share, as one object, is stored once. */
  private long planMappers(ModelSource source) {
    long end = 0;
    for (int exit : source.tokenExits().policies().keySet()) {
      for (int layer = exit + 1; layer <= config.layers(); layer++) {
        LinearTensors map = source.tokenExits().mapper().map(exit, layer);
        maps.put(List.of(exit, layer), map);
        if (mappers.putIfAbsent(map, end) == null) {
          end += 2L * config.keyWidth() * config.width();
        }
      }
    }
    return Math.max(1, end);
  }

  private long mlp() {
    return (long) config.mlpWidth() * config.width();
  }

  /** Size of each array, by its name. */
  public Map<String, ArraySize> sizes() {
    return sizes;
  }

  /** Whether matrices are in half precision. */
  boolean halfPrecision() {
    return halfPrecision;
  }

  /** Offset of an exit layer's head. */
  int head(int exitLayer) {
    return Math.toIntExact(heads.get(exitLayer));
  }

  /** The hidden state mappers, each once, with their offsets. */
  Map<LinearTensors, Long> mappers() {
    return mappers;
  }

  /** The hidden state mapper from an exit layer to a layer above, both counted from 1. */
  LinearTensors map(int exitLayer, int layer) {
    return maps.get(List.of(exitLayer, layer));
  }

  /** Offset of the hidden state mapper from an exit layer to a layer above. */
  int mapper(int exitLayer, int layer) {
    return Math.toIntExact(mappers.get(map(exitLayer, layer)));
  }
}
