package org.sparkadept.decoder.compute;

/**
 * How an accelerator holds the weights of matrices. It computes in single precision all the same,
 * save on {@link TensorCores}.
 */
public enum WeightPrecision {
  /** Half precision where the device can and the weights are in its range, else single. */
  AUTO,
  /** Single precision. */
  F32,
  /** Half precision, or the model is not loaded. */
  F16
}
