package org.sparkadept.pipeline.outcome;

/** Numbers in single precision with the digits that people write. */
public final class ShortDecimal {
  private ShortDecimal() {}

  /** The double of the fewest digits that tell a float: 0.9, not 0.8999999761581421. */
  public static double of(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
