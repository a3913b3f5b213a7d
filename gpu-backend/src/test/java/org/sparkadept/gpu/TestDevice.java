package org.sparkadept.gpu;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.device.TornadoVm;
import org.sparkadept.gpu.graph.TensorCoreCheck;

/** The device of the tests: the first that TornadoVM has. */
public final class TestDevice {
  private TestDevice() {}

  /** Skips the test, with the reason, if there is none. */
  public static Device orSkip() {
    Optional<String> reason = TornadoVm.unavailable("");
    Assumptions.assumeTrue(reason.isEmpty(), () -> "skipped: " + reason.get());
    return Device.find("");
  }

  /** Skips the test, with the reason, if the device has no half precision. */
  public static Device withHalfPrecisionOrSkip() {
    Device device = orSkip();
    Optional<String> reason = device.missingHalfPrecision();
    Assumptions.assumeTrue(reason.isEmpty(), () -> "skipped: " + reason.get());
    return device;
  }

  /** Skips the test, with the reason, if the device has no tensor cores. */
  public static Device withTensorCoresOrSkip() {
    Device device = orSkip();
    Optional<String> reason = TensorCoreCheck.problem(device);
    Assumptions.assumeTrue(reason.isEmpty(), () -> "skipped: " + reason.get());
    return device;
  }

  /** Skips the test, with the reason, if the device does not support it. */
  public static Device withOrSkip(Precision precision) {
    return precision == Precision.F16 ? withHalfPrecisionOrSkip() : orSkip();
  }
}
