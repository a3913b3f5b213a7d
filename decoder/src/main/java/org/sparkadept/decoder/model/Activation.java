package org.sparkadept.decoder.model;

/** The MLP's activation. */
public enum Activation {
  /** {@code x · σ(x)}; also called swish. */
  SILU,
  /** {@code x · Φ(x)}, with the error function. */
  GELU,
  /** {@code x/2 · (1 + tanh(√(2/π) · (x + 0.044715·x³)))}. */
  GELU_TANH,
  /** {@code max(x, 0)}. */
  RELU
}
