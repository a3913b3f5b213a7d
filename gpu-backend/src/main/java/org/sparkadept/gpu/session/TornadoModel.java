package org.sparkadept.gpu.session;

import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.device.DeviceWork;
import org.sparkadept.gpu.graph.Graphs;
import org.sparkadept.gpu.graph.Sizes;
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
  private final long bytes;
  private Graphs graphs;

  /**
   * Puts a model on a device and runs every kernel once, so that whatever is wrong shows now.
   *
   * @param source the model
   * @param options which device, and how much of it
   */
  public TornadoModel(ModelSource source, DeviceOptions options) {
    this.source = source;
    Device device = Device.find(options.device());
    sizes = Sizes.of(source, options);
    WeightPlan plan = new WeightPlan(source);
    Map<String, Long> needed = sizes.arrays(source, plan);
    arena = new Arena(sizes.arenaTokens());
    thread = DeviceThread.join(device);
    long reserved = 0;
    try {
      reserved = Sizes.reserve(needed, device, thread);
      Weights weights = new Weights(source, plan);
      execute(() -> graphs = new Graphs(source, weights, sizes, device));
      long start = System.nanoTime();
      warmUp();
      LOG.info(
          "Device {}: {} for weights and working memory, {} tokens at a time; kernels compiled and"
              + " run once in {} ms",
          device,
          DeviceThread.mebibytes(reserved),
          sizes.arenaTokens(),
          (System.nanoTime() - start) / 1_000_000);
    } catch (RuntimeException | Error e) {
      giveBack(reserved);
      throw e;
    }
    bytes = reserved;
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

  private void giveBack(long reserved) {
    try {
      if (graphs != null) {
        execute(graphs::close);
      }
    } finally {
      thread.release(reserved);
      thread.leave();
    }
  }

  @Override
  public void close() {
    giveBack(bytes);
  }
}
