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
 * Where each matrix stands in the device's arrays: one array for each kind of matrix, the layers
 * one behind the other. Offsets are in elements.
 */
public final class WeightPlan {
  private final ModelConfig config;
  private final boolean halves;
  private final Map<Integer, Long> heads = new TreeMap<>();
  private final Map<LinearTensors, Long> mappers = new IdentityHashMap<>();
  private final Map<List<Integer>, LinearTensors> maps = new HashMap<>();
  private final Map<String, ArraySize> sizes = new LinkedHashMap<>();

  /**
   * @param source the model
   * @param halves whether matrices go to half precision
   */
  public WeightPlan(ModelSource source, boolean halves) {
    config = source.config();
    this.halves = halves;
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
    sizes.put(name, new ArraySize(elements, halves ? Short.BYTES : Float.BYTES));
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

  /** Maps that are one object, as plain copies of all exits are, are held once. */
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

  /** How large each array is, by its name. */
  public Map<String, ArraySize> sizes() {
    return sizes;
  }

  /** Whether matrices go to half precision. */
  boolean halves() {
    return halves;
  }

  /** Where an exit layer's head begins. */
  int head(int exitLayer) {
    return Math.toIntExact(heads.get(exitLayer));
  }

  /** The hidden state mappers, each once, with where it begins. */
  Map<LinearTensors, Long> mappers() {
    return mappers;
  }

  /** The hidden state mapper from an exit layer to a layer above, both counted from 1. */
  LinearTensors map(int exitLayer, int layer) {
    return maps.get(List.of(exitLayer, layer));
  }

  /** Where the hidden state mapper from an exit layer to a layer above begins. */
  int mapper(int exitLayer, int layer) {
    return Math.toIntExact(mappers.get(map(exitLayer, layer)));
  }
}
