package org.sparkadept.benchmarks.pytorch;

import java.util.Locale;
import org.sparkadept.decoder.error.AdeptException;

/** Number format of a run. */
enum Precision {
  /** Single precision on both sides. */
  F32(1e-3),
  /** Half precision: of PyTorch's weights and arithmetic, of the backend what its own key says. */
  F16(2e-2);

  private final double tolerance;

  Precision(double tolerance) {
    this.tolerance = tolerance;
  }

  /**
   * @throws AdeptException if the name is unknown
   */
  static Precision parse(String name) {
    for (Precision precision : values()) {
      if (precision.key().equals(name)) {
        return precision;
      }
    }
    throw new AdeptException("A precision is f32 or f16, but not '" + name + "'.");
  }

  /** Name in options and configuration. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Largest difference of logits from PyTorch's in single precision, of a row's largest. */
  double tolerance() {
    return tolerance;
  }
}
