package org.sparkadept.decoder.compute.onednn;

import java.util.Optional;
import org.sparkadept.decoder.compute.ComputeBackend;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.compute.ModelSource;

/** The backend {@code cpu}: oneDNN, single precision, one thread for each session. */
public final class OneDnnBackend implements ComputeBackend {
  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int preference() {
    return 10;
  }

  @Override
  public Optional<String> unavailable(DeviceOptions options) {
    return OneDnn.unavailable();
  }

  @Override
  public ComputeModel load(ModelSource source, DeviceOptions options) {
    OneDnn.useOneThread();
    return new OneDnnModel(source);
  }
}
