package org.sparkadept.gpu;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.sparkadept.decoder.compute.ComputeBackend;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.model.BlockFeature;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.device.TornadoVm;
import org.sparkadept.gpu.session.TornadoModel;

/**
 * The backend {@code tornadovm}: kernels in Java, compiled for a GPU by TornadoVM. It computes in
 * single precision, with weights in single or half precision; on tensor cores inputs are rounded to
 * half precision, too. Logits differ from those of the backend {@code reference} on the same
 * (rounded) weights by at most 1e-3 of a row's largest, on tensor cores by at most 2e-2.
 */
public final class TornadoBackend implements ComputeBackend {
  @Override
  public String name() {
    return ComputeBackends.TORNADOVM;
  }

  @Override
  public int preference() {
    return 20;
  }

  @Override
  public boolean supports(Precision precision) {
    return true;
  }

  /** Scale and norm of the token embedding are in its table. */
  @Override
  public Set<BlockFeature> features() {
    return Set.of(BlockFeature.EMBEDDING_SCALE, BlockFeature.EMBEDDING_NORM);
  }

  @Override
  public Optional<String> unavailable(ComputeOptions options) {
    return TornadoVm.unavailable(options.device().device());
  }

  @Override
  public Optional<String> inadvisable(ComputeOptions options) {
    Device device = Device.find(options.device().device());
    return device.isGpu()
        ? Optional.empty()
        : Optional.of("device " + device + " is not a GPU; the backend cpu is faster on it.");
  }

  @Override
  public Map<String, LongSupplier> metrics() {
    return DeviceThread.metrics();
  }

  @Override
  public ComputeModel load(ModelTensors tensors, ComputeOptions options) {
    return new TornadoModel(tensors, options);
  }
}
