package org.sparkadept.gpu.session;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.compute.TensorCores;
import org.sparkadept.decoder.compute.WeightPrecision;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.graph.MemoryPlan;
import org.sparkadept.gpu.graph.ModelGraphs;
import org.sparkadept.gpu.weights.OutOfHalfRangeException;
import org.sparkadept.gpu.weights.WeightPlan;
import org.sparkadept.gpu.weights.Weights;

/** A model on a GPU. */
public final class TornadoModel implements ComputeModel {
  private static final Logger LOG = LoggerFactory.getLogger(TornadoModel.class);

  /** Fewer tokens do not fill a GPU. */
  private static final int MICRO_BATCH = 8192;

  private final ModelSource source;
  private final MemoryPlan memory;
  private final Arena arena;
  private final DeviceThread thread;
  private boolean tensorCores;
  private long reserved;
  private ModelGraphs graphs;

  /**
   * Loads a model onto a device and runs every kernel once, so that errors show at load.
   *
   * @param source the model
   * @param options the device, its memory for waves, the precision of weights, and the use of
   *     tensor cores
   * @throws AdeptException if the model cannot be loaded; the message says what to do
   */
  public TornadoModel(ModelSource source, DeviceOptions options) {
    this.source = source;
    Device device = Device.find(options.device());
    memory = MemoryPlan.of(source, options);
    boolean halfPrecision = Capabilities.halfPrecision(options, device);
    arena = new Arena(memory.slots());
    thread = DeviceThread.acquire(device);
    try {
      tensorCores = halfPrecision && Capabilities.tensorCores(options, device, this::execute);
      Weights weights = halfPrecision ? readHalfPrecision(device, options) : read(device, false);
      execute(() -> graphs = new ModelGraphs(source, weights, memory, tensorCores, device));
      long start = System.nanoTime();
      warmUp();
      LOG.info(
          "Device {}: {} for weights in {} and working memory, {} tokens at a time; {} tensor cores;"
              + " kernels compiled and run once in {} ms",
          device,
          DeviceThread.mebibytes(reserved),
          weights.halfPrecision() ? WeightPrecision.F16 : WeightPrecision.F32,
          memory.slots(),
          tensorCores ? "with" : "without",
          (System.nanoTime() - start) / 1_000_000);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** In half precision; in single if a weight is too large and the options allow it. */
  private Weights readHalfPrecision(Device device, DeviceOptions options) {
    try {
      return read(device, true);
    } catch (OutOfHalfRangeException e) {
      if (options.precision() == WeightPrecision.F16) {
        throw e;
      }
      if (options.tensorCores() == TensorCores.TRUE) {
        throw Capabilities.tensorCoresRequired(e.getMessage(), e);
      }
      LOG.warn("Weights stay in single precision: {}", e.getMessage());
      tensorCores = false;
      thread.releaseMemory(reserved);
      reserved = 0;
      return read(device, false);
    }
  }

  private Weights read(Device device, boolean halfPrecision) {
    WeightPlan plan = new WeightPlan(source, halfPrecision);
    reserved = MemoryPlan.reserve(memory.arrays(source, plan, tensorCores), device, thread);
    return new Weights(source, plan);
  }

  /** Runs each kind of step with a row of three tokens. */
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
        new DeviceThread.Work() {
          @Override
          public boolean mergesWith(DeviceThread.Work other) {
            return false;
          }

          @Override
          public void run(List<DeviceThread.Work> merged) {
            work.run();
          }
        });
  }

  @Override
  public ComputeSession open() {
    return new TornadoSession(this);
  }

  /** Half of the arena, so that the next wave can be loaded while one is computed. */
  @Override
  public int waveTokens() {
    return Math.max(source.maxTokens(), memory.slots() / 2);
  }

  @Override
  public int microBatchTokens() {
    return MICRO_BATCH;
  }

  MemoryPlan memory() {
    return memory;
  }

  Arena arena() {
    return arena;
  }

  DeviceThread thread() {
    return thread;
  }

  ModelGraphs graphs() {
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
      thread.releaseMemory(reserved);
      thread.release();
    }
  }
}
