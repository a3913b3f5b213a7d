package org.sparkadept.decoder.compute;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * A way to run the decoder's mathematics, found by {@link java.util.ServiceLoader}.
 *
 * <p>Every backend answers as the {@code reference} backend does, within the tolerance that its
 * documentation states, and a row's answer does not depend on the rows beside it.
 */
public interface ComputeBackend {
  /** The name that the option {@code backend} takes, for instance {@code cpu}. */
  String name();

  /** Where {@code auto} may choose: the highest preference that is available wins. */
  int preference();

  /**
   * Why the backend cannot run on this machine, or empty where it can.
   *
   * @param options which device is meant
   */
  Optional<String> unavailable(DeviceOptions options);

  /**
   * Why {@code auto} should take a lesser backend although this one can run, or empty where it
   * should not.
   *
   * @param options which device is meant; the backend is available on it
   */
  default Optional<String> inadvisable(DeviceOptions options) {
    return Optional.empty();
  }

  /**
   * What the backend counts in this JVM, by name: from the JVM's start, and never less than before.
   */
  default Map<String, LongSupplier> metrics() {
    return Map.of();
  }

  /**
   * Loads the weights onto the device.
   *
   * @param source the model; it may be closed once this returns
   * @param options which device is meant, and how much of it may be used
   * @return the loaded weights, to be closed by the caller
   */
  ComputeModel load(ModelSource source, DeviceOptions options);
}
