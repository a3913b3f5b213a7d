package org.sparkadept.decoder.model;

import java.util.HashMap;
import java.util.Map;

/**
 * The rotary tables of a model's layers for as many positions as its longest row has had so far.
 * Layers with the same frequencies share a table. Thread-safe.
 */
public final class GrowingRotaryTables {
  private static final int FIRST_POSITIONS = 512;

  private final ModelConfig config;
  private volatile int size;
  private volatile RotaryTables[] byLayer;

  /**
   * @param config a model; layers without rotary positions have no table
   */
  public GrowingRotaryTables(ModelConfig config) {
    this.config = config;
    byLayer = new RotaryTables[config.layers()];
    size = config.hasRotary() ? 0 : Integer.MAX_VALUE;
  }

  /**
   * @param positions how many positions are needed
   * @return tables of at least so many, by layer; null for layers without rotary positions
   */
  public RotaryTables[] atLeast(int positions) {
    return size >= positions ? byLayer : grow(positions);
  }

  private synchronized RotaryTables[] grow(int positions) {
    int needed = Math.max(FIRST_POSITIONS, size);
    while (needed < positions) {
      needed = Math.multiplyExact(2, needed);
    }
    if (size < needed) {
      Map<RotaryConfig, RotaryTables> made = new HashMap<>();
      RotaryTables[] grown = new RotaryTables[config.layers()];
      for (int layer = 0; layer < grown.length; layer++) {
        RotaryConfig rotary = config.rotary(layer);
        if (rotary != null) {
          int count = needed;
          grown[layer] = made.computeIfAbsent(rotary, key -> RotaryTables.of(key, count));
        }
      }
      byLayer = grown;
      size = needed; // Read before byLayer, and so written after it.
    }
    return byLayer;
  }
}
