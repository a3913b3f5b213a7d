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
 * one behind the other. Offsets are in floats.
 */
public final class WeightPlan {
  private final ModelConfig config;
  private final Map<Integer, Long> heads = new TreeMap<>();
  private final Map<LinearTensors, Long> mappers = new IdentityHashMap<>();
  private final Map<List<Integer>, LinearTensors> maps = new HashMap<>();
  private final Map<String, Long> sizes = new LinkedHashMap<>();

  /**
   * @param source the model
   */
  public WeightPlan(ModelSource source) {
    config = source.config();
    long layers = config.layers();
    sizes.put("embedding", (long) config.vocabulary() * config.width());
    sizes.put(
        "positions", config.learnedPositions() ? (long) source.maxTokens() * config.width() : 1);
    sizes.put(
        "rotary", config.learnedPositions() ? 1 : (long) source.maxTokens() * config.headDim());
    sizes.put("query", layers * config.queryWidth() * config.width());
    sizes.put("keyValue", layers * 2 * config.keyWidth() * config.width());
    sizes.put("output", layers * config.width() * config.queryWidth());
    sizes.put("gate", config.gatedMlp() ? layers * mlp() : 1);
    sizes.put("up", layers * mlp());
    sizes.put("down", layers * mlp());
    sizes.put("heads", planHeads(source));
    sizes.put("mappers", planMappers(source));
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

  /** Floats of each array, by its name. */
  public Map<String, Long> sizes() {
    return sizes;
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
