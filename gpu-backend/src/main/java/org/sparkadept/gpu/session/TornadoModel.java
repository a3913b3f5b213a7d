package org.sparkadept.gpu.session;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.compute.TensorCores;
import org.sparkadept.decoder.compute.WeightPrecision;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.device.DeviceWork;
import org.sparkadept.gpu.graph.Graphs;
import org.sparkadept.gpu.graph.Sizes;
import org.sparkadept.gpu.weights.OutOfHalfRangeException;
import org.sparkadept.gpu.weights.WeightPlan;
import org.sparkadept.gpu.weights.Weights;

/** A model on a device. */
public final class TornadoModel implements ComputeModel {
  private static final Logger LOG = LoggerFactory.getLogger(TornadoModel.class);

  /** Fewer tokens than this leave a GPU idle. */
  private static final int MICRO_BATCH = 8192;

  private final ModelSource source;
  private final Sizes sizes;
  private final Arena arena;
  private final DeviceThread thread;
  private boolean tensorCores;
  private long reserved;
  private Graphs graphs;

  /**
   * Puts a model on a device and runs every kernel once, so that whatever is wrong shows now.
   *
   * @param source the model
   * @param options which device, how much of it, how weights are held there, and whether tensor
   *     cores are used
   * @throws AdeptException if it cannot be; the message says what to do
   */
  public TornadoModel(ModelSource source, DeviceOptions options) {
    this.source = source;
    Device device = Device.find(options.device());
    sizes = Sizes.of(source, options);
    boolean halves = Capabilities.halves(options, device);
    arena = new Arena(sizes.arenaTokens());
    thread = DeviceThread.join(device);
    try {
      tensorCores = halves && Capabilities.tensorCores(options, device, this::execute);
      Weights weights = halves ? readHalves(device, options) : read(device, false);
      execute(() -> graphs = new Graphs(source, weights, sizes, tensorCores, device));
      long start = System.nanoTime();
      warmUp();
      LOG.info(
          "Device {}: {} for weights in {} and working memory, {} tokens at a time; {} tensor cores;"
              + " kernels compiled and run once in {} ms",
          device,
          DeviceThread.mebibytes(reserved),
          weights.halves() ? WeightPrecision.F16 : WeightPrecision.F32,
          sizes.arenaTokens(),
          tensorCores ? "with" : "without",
          (System.nanoTime() - start) / 1_000_000);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Half precision, or single where nobody insists and a weight is too large. */
  private Weights readHalves(Device device, DeviceOptions options) {
    try {
      return read(device, true);
    } catch (OutOfHalfRangeException e) {
      if (options.precision() == WeightPrecision.F16) {
        throw e;
      }
      if (options.tensorCores() == TensorCores.TRUE) {
        throw Capabilities.withoutTensorCores(e.getMessage(), e);
      }
      LOG.warn("Weights stay in single precision: {}", e.getMessage());
      tensorCores = false;
      thread.release(reserved);
      reserved = 0;
      return read(device, false);
    }
  }

  private Weights read(Device device, boolean halves) {
    WeightPlan plan = new WeightPlan(source, halves);
    reserved = Sizes.reserve(sizes.arrays(source, plan, tensorCores), device, thread);
    return new Weights(source, plan);
  }

  /** Takes a row of three tokens through each kind of step. */
  private void warmUp() {
    int[] rows = {0};
    int[] exitLayers = new int[3];
    int last = source.config().layers();
    int first = source.tokenExits().first();
    int end = first < last ? first + 1 : 1;
    try (ComputeSession session = open()) {
      session.begin(new int[3], new int[] {0, 3});
      for (int layer = 0; layer < end; layer++) {
        session.runClassTokens(layer, rows, 0, 1);
        session.runOtherTokens(layer, rows, 0, 1);
        if (layer + 1 == first) {
          session.exitTokens(first, 0, rows, 0, 1, exitLayers);
        }
      }
      session.readExit(last, rows, 1, new float[outputs(last)]);
    }
  }

  private void execute(Runnable work) {
    thread.execute(
        new DeviceWork() {
          @Override
          public boolean joins(DeviceWork other) {
            return false;
          }

          @Override
          public void run(List<DeviceWork> joined) {
            work.run();
          }
        });
  }

  @Override
  public ComputeSession open() {
    return new TornadoSession(this);
  }

  /** Half of the arena, so that the next wave can come up while one is worked on. */
  @Override
  public int waveTokens() {
    return Math.max(source.maxTokens(), sizes.arenaTokens() / 2);
  }

  @Override
  public int microBatchTokens() {
    return MICRO_BATCH;
  }

  Sizes sizes() {
    return sizes;
  }

  Arena arena() {
    return arena;
  }

  DeviceThread thread() {
    return thread;
  }

  Graphs graphs() {
    return graphs;
  }

  int width() {
    return source.config().width();
  }

  int outputs(int exitLayer) {
    return source.heads().get(exitLayer).weight().rows();
  }

  @Override
  public void close() {
    try {
      if (graphs != null) {
        execute(graphs::close);
      }
    } finally {
      thread.release(reserved);
      thread.leave();
    }
  }
}
