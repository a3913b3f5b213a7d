package org.sparkadept.decoder.model;

/**
 * The rotary tables of a model for as many positions as its longest row has had so far.
 * Thread-safe.
 */
public final class GrowingRotaryTables {
  private static final int FIRST_POSITIONS = 512;

  private final ModelConfig config;
  private volatile RotaryTables tables;

  /**
   * @param config a model; where it has learned positions there are no tables
   */
  public GrowingRotaryTables(ModelConfig config) {
    this.config = config;
  }

  /**
   * @param positions how many positions are needed
   * @return tables of at least so many; null where the model has learned its positions
   */
  public RotaryTables atLeast(int positions) {
    if (config.learnedPositions()) {
      return null;
    }
    RotaryTables current = tables;
    return current != null && current.cos().length >= positions ? current : grow(positions);
  }

  private synchronized RotaryTables grow(int positions) {
    int size = tables == null ? FIRST_POSITIONS : tables.cos().length;
    while (size < positions) {
      size = Math.multiplyExact(2, size);
    }
    if (tables == null || tables.cos().length < size) {
      tables = RotaryTables.of(config, size);
    }
    return tables;
  }
}
