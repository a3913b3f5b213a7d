package org.sparkadept.decoder.compute.reference;

import java.util.Optional;
import org.sparkadept.decoder.compute.ComputeBackend;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.model.ModelTensors;

/** The backend {@code reference}: plain Java loops, runs everywhere. */
public final class ReferenceBackend implements ComputeBackend {
  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public Optional<String> unavailable(ComputeOptions options) {
    return Optional.empty();
  }

  @Override
  public ComputeModel load(ModelTensors tensors, ComputeOptions options) {
    return new ReferenceModel(tensors);
  }
}
