package org.sparkadept.decoder.model;

/** Normalization of states. */
public enum NormKind {
  /** Root mean square: {@code x / sqrt(mean(x²) + eps) · w}. */
  RMS,
  /** Layer norm: {@code (x − mean) / sqrt(variance + eps) · w + b}. */
  LAYER
}
