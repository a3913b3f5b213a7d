package org.sparkadept.decoder.compute;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.model.BlockFeature;
import org.sparkadept.decoder.model.ModelTensors;

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

  /** Whether the backend can hold weights in a precision; it always has {@link Precision#AUTO}. */
  default boolean supports(Precision precision) {
    return precision == Precision.AUTO || precision == Precision.F32;
  }

  /**
   * What the backend computes of what a decoder block may have; a model that has more is refused by
   * the name of what it has.
   */
  default Set<BlockFeature> features() {
    return EnumSet.allOf(BlockFeature.class);
  }

  /**
   * Why the backend cannot run on this machine, or empty where it can.
   *
   * @param options which device is meant
   */
  Optional<String> unavailable(ComputeOptions options);

  /**
   * Why {@code auto} should take a lesser backend although this one can run, or empty where it
   * should not.
   *
   * @param options which device is meant; the backend is available on it
   */
  default Optional<String> inadvisable(ComputeOptions options) {
    return Optional.empty();
  }

  /**
   * What the backend counts in this JVM, by name: from the JVM's start, and never less than before.
   */
  default Map<String, LongSupplier> metrics() {
    return Map.of();
  }

  /**
   * Makes a model ready to compute. Its weights are read and packed when {@link
   * ComputeModel#prepare} or a session first needs them.
   *
   * @param tensors the weights; they must stay readable until the model is closed. The model has no
   *     more than {@link #features}
   * @param options precision, device, and how much of it may be used
   * @return the model, to be closed by the caller
   * @throws org.sparkadept.decoder.error.AdeptException if the device or the precision cannot be
   *     used
   */
  ComputeModel load(ModelTensors tensors, ComputeOptions options);
}
