package org.sparkadept.gpu;

import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.compute.ComputeOptions.TensorCores;
import org.sparkadept.decoder.fixture.WeightType;

/** How the device of the tests multiplies matrices. */
enum Arithmetic {
  /** Everything in single precision. */
  F32(Precision.F32, TensorCores.FALSE, 1e-3),
  /** Weights in half precision. */
  F16(Precision.F16, TensorCores.FALSE, 1e-3),
  /** Weights in half precision, and inputs rounded to it. */
  TENSOR(Precision.F16, TensorCores.TRUE, 2e-2);

  private final Precision precision;
  private final TensorCores tensorCores;
  private final double tolerance;

  Arithmetic(Precision precision, TensorCores tensorCores, double tolerance) {
    this.precision = precision;
    this.tensorCores = tensorCores;
    this.tolerance = tolerance;
  }

  /** Skips the test, with the reason, if the device does not support it. */
  void orSkip() {
    TestDevice.withOrSkip(precision);
    if (tensorCores == TensorCores.TRUE) {
      TestDevice.withTensorCoresOrSkip();
    }
  }

  /** The options of the backend. */
  ComputeOptions options() {
    return ComputeOptions.defaults()
        .withBackend("tornadovm")
        .withPrecision(precision)
        .withTensorCores(tensorCores);
  }

  /** How a checkpoint is written for which nothing is rounded at load. */
  WeightType weightType() {
    return precision == Precision.F16 ? WeightType.F16 : WeightType.F32;
  }

  /** Largest difference from the reference, of the largest value. */
  double tolerance() {
    return tolerance;
  }
}
