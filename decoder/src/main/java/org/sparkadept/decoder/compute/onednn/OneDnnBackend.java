package org.sparkadept.decoder.compute.onednn;

import java.util.Optional;
import org.sparkadept.decoder.compute.ComputeBackend;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.model.ModelTensors;

/** The backend {@code cpu}: oneDNN, single precision, one thread for each session. */
public final class OneDnnBackend implements ComputeBackend {
  static final String NAME = "cpu";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int preference() {
    return 10;
  }

  @Override
  public Optional<String> unavailable(ComputeOptions options) {
    return OneDnn.unavailable();
  }

  @Override
  public ComputeModel load(ModelTensors tensors, ComputeOptions options) {
    OneDnn.useOneThread();
    return new OneDnnModel(tensors);
  }
}
