package org.sparkadept.gpu.session;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.compute.ComputeOptions.TensorCores;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.graph.TensorCoreCheck;

/** Which of the requested features a device supports; the log says why one is not used. */
final class Capabilities {
  private static final Logger LOG = LoggerFactory.getLogger(Capabilities.class);

  private Capabilities() {}

  /**
   * Whether weights are in half precision.
   *
   * @throws AdeptException if the options require half precision or tensor cores, but the device
   *     does not support them
   */
  static boolean halfPrecision(ComputeOptions options, Device device) {
    boolean tensorCores = options.device().tensorCores() == TensorCores.TRUE;
    if (options.precision() == Precision.F32) {
      if (tensorCores) {
        throw tensorCoresRequired(
            "spark.adept.gpu.precision is f32, and they take weights in half precision", null);
      }
      return false;
    }
    Optional<String> reason = device.missingHalfPrecision();
    if (reason.isPresent() && options.precision() == Precision.F16) {
      throw new AdeptException(
          "spark.adept.gpu.precision is f16, but "
              + reason.get()
              + "; set it to auto or f32, or take another device.");
    }
    if (reason.isPresent() && tensorCores) {
      throw tensorCoresRequired(reason.get(), null);
    }
    reason.ifPresent(why -> LOG.info("Weights stay in single precision: {}", why));
    return reason.isEmpty();
  }

  /**
   * Whether weights in half precision are multiplied on tensor cores.
   *
   * @param thread executes work on the device's thread
   * @throws AdeptException if the options require tensor cores, but the device does not support
   *     them
   */
  static boolean tensorCores(ComputeOptions options, Device device, Consumer<Runnable> thread) {
    if (options.device().tensorCores() == TensorCores.FALSE) {
      return false;
    }
    AtomicReference<Optional<String>> found = new AtomicReference<>();
    AtomicReference<AdeptException> failure = new AtomicReference<>();
    thread.accept(
        () -> {
          try {
            found.set(TensorCoreCheck.problem(device));
          } catch (AdeptException e) {
            failure.set(e);
            found.set(Optional.of(e.getMessage()));
          }
        });
    Optional<String> reason = found.get();
    if (reason.isPresent() && options.device().tensorCores() == TensorCores.TRUE) {
      throw tensorCoresRequired(reason.get(), failure.get());
    }
    if (failure.get() != null) {
      LOG.warn("Tensor cores are not used", failure.get());
    } else {
      reason.ifPresent(why -> LOG.info("Tensor cores are not used: {}", why));
    }
    return reason.isEmpty();
  }

  /** The error if tensor cores are required but cannot be used. */
  static AdeptException tensorCoresRequired(String reason, Throwable cause) {
    return new AdeptException(
        "spark.adept.gpu.tensorCores is true, but " + reason + "; set it to auto or false.", cause);
  }
}
