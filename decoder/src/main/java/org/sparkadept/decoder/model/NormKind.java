package org.sparkadept.decoder.model;

/** Normalization before attention, before the MLP and after the last layer. */
public enum NormKind {
  /** Root mean square: {@code x / sqrt(mean(x²) + eps) · w}; w is the plain weight of the file. */
  RMS,
  /** Layer norm: {@code (x − mean) / sqrt(variance + eps) · w + b}. */
  LAYER
}
