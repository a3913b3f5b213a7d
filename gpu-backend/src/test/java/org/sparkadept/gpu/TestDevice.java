package org.sparkadept.gpu;

import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.sparkadept.decoder.compute.WeightPrecision;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.device.TornadoVm;
import org.sparkadept.gpu.graph.TensorCoreCheck;

/** The device of the tests: the first that TornadoVM has. */
public final class TestDevice {
  private TestDevice() {}

  /** Skips the test, with the reason, where there is none. */
  public static Device orSkip() {
    Optional<String> reason = TornadoVm.unavailable("");
    Assumptions.assumeTrue(reason.isEmpty(), () -> "skipped: " + reason.get());
    return Device.find("");
  }

  /** Skips the test, with the reason, where the device has no half precision. */
  public static Device withHalvesOrSkip() {
    Device device = orSkip();
    Optional<String> reason = device.withoutHalves();
    Assumptions.assumeTrue(reason.isEmpty(), () -> "skipped: " + reason.get());
    return device;
  }

  /** Skips the test, with the reason, where the device has no tensor cores. */
  public static Device withTensorCoresOrSkip() {
    Device device = orSkip();
    Optional<String> reason = TensorCoreCheck.absent(device);
    Assumptions.assumeTrue(reason.isEmpty(), () -> "skipped: " + reason.get());
    return device;
  }

  /** Skips the test, with the reason, where the device cannot hold weights so. */
  public static Device withOrSkip(WeightPrecision precision) {
    return precision == WeightPrecision.F16 ? withHalvesOrSkip() : orSkip();
  }
}
