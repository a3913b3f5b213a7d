package org.sparkadept.decoder.compute;

/**
 * Whether an accelerator multiplies matrices on tensor cores. They take weights in half precision,
 * and round what these are multiplied with to it.
 */
public enum TensorCores {
  /** Where weights are in half precision and the device has some that pass their check. */
  AUTO,
  /** Always, or the model is not loaded. */
  TRUE,
  /** Never. */
  FALSE
}
