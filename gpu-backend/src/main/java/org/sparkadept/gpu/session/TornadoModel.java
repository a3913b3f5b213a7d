package org.sparkadept.gpu.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.compute.ComputeOptions.TensorCores;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.graph.MemoryPlan;
import org.sparkadept.gpu.graph.ModelGraphs;
import org.sparkadept.gpu.weights.EmbeddingWeights;
import org.sparkadept.gpu.weights.LayerWeights;
import org.sparkadept.gpu.weights.LinearWeights;
import org.sparkadept.gpu.weights.OutOfHalfRangeException;
import org.sparkadept.gpu.weights.WeightSizes;
import org.sparkadept.gpu.weights.WeightSizes.ArraySize;

/**
 * A model on a GPU. Weights are copied to the device once, when they are prepared or a session
 * first needs them; the memory for them is reserved before they are read.
 */
public final class TornadoModel implements ComputeModel {
  private static final Logger LOG = LoggerFactory.getLogger(TornadoModel.class);

  /** Fewer tokens do not fill a GPU. */
  private static final int MICRO_BATCH = 8192;

  private final ModelTensors tensors;
  private final ModelConfig config;
  private final ComputeOptions options;
  private final Device device;
  private final MemoryPlan memory;
  private final Arena arena;
  private final DeviceThread thread;
  private boolean halfPrecision;
  private boolean tensorCores;
  private long reserved;
  private volatile ModelGraphs graphs;
  private volatile int layers;

  /** Exit heads and maps on the device, by identity; replaced, never changed. */
  private volatile Set<LinearTensors> linears = newSet();

  /**
   * Opens a device for a model.
   *
   * @param tensors the model
   * @param options the device, its memory for waves, the precision of weights, and the use of
   *     tensor cores
   * @throws AdeptException if the model cannot be computed on it; the message says what to do
   */
  public TornadoModel(ModelTensors tensors, ComputeOptions options) {
    this.tensors = tensors;
    this.options = options;
    config = tensors.config();
    device = Device.find(options.device().device());
    memory = MemoryPlan.of(config, options.device());
    halfPrecision = Capabilities.halfPrecision(options, device);
    arena = new Arena(memory.slots());
    thread = DeviceThread.acquire(device);
    try {
      tensorCores = halfPrecision && Capabilities.tensorCores(options, device, this::execute);
    } catch (RuntimeException | Error e) {
      thread.release();
      throw e;
    }
  }

  ModelTensors tensors() {
    return tensors;
  }

  ModelConfig config() {
    return config;
  }

  /** The heads' kernels read class tokens alone. */
  static ExitHead requireComputable(ExitHead head) {
    return head.require("tornadovm", EnumSet.of(ExitHead.Input.CLASS_TOKEN));
  }

  @Override
  public void prepare(int count, Collection<ExitHead> heads, TokenExits tokenExits) {
    heads.forEach(TornadoModel::requireComputable);
    requireLayers(Math.max(1, count));
    requireHeads(heads.stream().map(ExitHead::weights).toList());
    requireMaps(tokenExits, 0, count);
  }

  /** Makes sure that the layers {@code 0 .. count - 1} are on the device. */
  void requireLayers(int count) {
    if (count > layers) {
      addLayers(count);
    }
  }

  private synchronized void addLayers(int end) {
    int first = layers;
    if (end <= first) {
      return;
    }
    long start = System.nanoTime();
    boolean half = halfPrecision;
    try {
      addLayers(first, end, half);
    } catch (OutOfHalfRangeException e) {
      requireSinglePrecisionAllowed(e);
      LOG.warn("Weights stay in single precision: {}", e.getMessage());
      if (first == 0) {
        halfPrecision = false;
        tensorCores = false;
      }
      half = false;
      addLayers(first, end, false);
    }
    layers = end;
    LOG.info(
        "Device {}: layers {} to {}; {} for weights in {} and working memory, {} tokens at a time;"
            + " {} tensor cores; kernels compiled and run once; {} ms",
        device,
        first + 1,
        end,
        DeviceThread.mebibytes(reserved),
        half ? Precision.F16 : Precision.F32,
        memory.slots(),
        tensorCores ? "with" : "without",
        (System.nanoTime() - start) / 1_000_000);
  }

  private void addLayers(int first, int end, boolean half) {
    Map<String, ArraySize> sizes = WeightSizes.layers(config, end - first, half);
    if (first > 0) {
      sizes.putAll(MemoryPlan.graphArrays(2));
      inReservedMemory(
          sizes,
          () -> {
            LayerWeights weights = new LayerWeights(tensors, first, end, half);
            execute(() -> graphs.addLayers(weights, first, end));
          });
      return;
    }
    sizes.putAll(WeightSizes.embeddings(config, half));
    sizes.putAll(memory.arrays(config, tensorCores));
    inReservedMemory(
        sizes,
        () -> {
          EmbeddingWeights embeddings = EmbeddingWeights.read(tensors, half);
          LayerWeights weights = new LayerWeights(tensors, 0, end, half);
          execute(() -> graphs = newGraphs(embeddings, weights, end));
        });
  }

  private ModelGraphs newGraphs(EmbeddingWeights embeddings, LayerWeights weights, int end) {
    ModelGraphs built = new ModelGraphs(tensors, embeddings, memory, tensorCores, device);
    try {
      built.addLayers(weights, 0, end);
      return built;
    } catch (RuntimeException | Error e) {
      built.close();
      throw e;
    }
  }

  /** Reserves memory for arrays; releases it if they cannot be made. */
  private void inReservedMemory(Map<String, ArraySize> sizes, Runnable work) {
    long bytes = MemoryPlan.reserve(sizes, device, thread);
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      thread.releaseMemory(bytes);
      throw e;
    }
    reserved += bytes;
  }

  /** Refuses weights beyond half precision if the options require it. */
  private void requireSinglePrecisionAllowed(OutOfHalfRangeException error) {
    if (options.precision() == Precision.F16) {
      throw error;
    }
    if (options.device().tensorCores() == TensorCores.TRUE) {
      throw Capabilities.tensorCoresRequired(error.getMessage(), error);
    }
  }

  /** Makes sure that the weights of exit heads are on the device. */
  void requireHeads(Collection<LinearTensors> heads) {
    if (!missing(heads).isEmpty()) {
      addLinears(heads, this::addHeads);
    }
  }

  /**
   * Makes sure that the maps of exited tokens are on the device.
   *
   * @param first the first layer whose maps are needed
   * @param end one more than the last
   */
  void requireMaps(TokenExits tokenExits, int first, int end) {
    List<LinearTensors> maps = new ArrayList<>();
    for (int exit : tokenExits.policies().keySet()) {
      for (int layer = Math.max(exit + 1, first); layer < end; layer++) {
        maps.add(tokenExits.mapper().map(exit, layer));
      }
    }
    if (!missing(maps).isEmpty()) {
      addLinears(maps, this::addMaps);
    }
  }

  private Set<LinearTensors> missing(Collection<LinearTensors> needed) {
    Set<LinearTensors> missing = newSet();
    for (LinearTensors linear : needed) {
      if (!linears.contains(linear)) {
        missing.add(linear);
      }
    }
    return missing;
  }

  private static Set<LinearTensors> newSet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Adds weights, those in half precision and those in single precision apart. */
  private synchronized void addLinears(
      Collection<LinearTensors> needed, BiConsumer<List<LinearTensors>, Boolean> add) {
    Map<Boolean, List<LinearTensors>> byPrecision = new TreeMap<>();
    for (LinearTensors linear : missing(needed)) {
      boolean half = halfPrecision && inHalfRange(linear);
      byPrecision.computeIfAbsent(half, key -> new ArrayList<>()).add(linear);
    }
    byPrecision.forEach(
        (half, group) -> {
          add.accept(group, half);
          Set<LinearTensors> all = newSet();
          all.addAll(linears);
          all.addAll(group);
          linears = all;
        });
  }

  /**
   * Whether a projection can be in half precision, whatever others are.
   *
   * @throws AdeptException if it cannot, but the options require it
   */
  private boolean inHalfRange(LinearTensors linear) {
    try {
      LinearWeights.requireHalfRange(linear);
      return true;
    } catch (OutOfHalfRangeException e) {
      requireSinglePrecisionAllowed(e);
      LOG.warn("These weights stay in single precision: {}", e.getMessage());
      return false;
    }
  }

  private void addHeads(List<LinearTensors> heads, boolean half) {
    NormTensors norm = tensors.finalNorm();
    int outputs = heads.stream().mapToInt(head -> head.weight().rows()).max().orElse(1);
    Map<String, ArraySize> sizes = WeightSizes.linears("heads", heads, 2L * config.width(), half);
    sizes.putAll(MemoryPlan.headArrays(outputs));
    inReservedMemory(
        sizes,
        () -> {
          List<float[]> norms = Arrays.asList(norm.weight(), norm.bias());
          LinearWeights weights = new LinearWeights(heads, config.norms().eps(), norms, half);
          execute(() -> graphs.addHeads(weights));
        });
  }

  private void addMaps(List<LinearTensors> maps, boolean half) {
    long floats = (long) config.layers() * config.headDim();
    Map<String, ArraySize> sizes = WeightSizes.linears("mappers", maps, floats, half);
    sizes.putAll(MemoryPlan.graphArrays(1));
    inReservedMemory(
        sizes,
        () -> {
          List<float[]> norms = new ArrayList<>();
          tensors.layers().forEach(layer -> norms.add(layer.keyNorm()));
          LinearWeights weights = new LinearWeights(maps, config.norms().eps(), norms, half);
          execute(() -> graphs.addMaps(weights));
        });
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
  public PrefillSession openPrefill() {
    return new TornadoSession(this);
  }

  /**
   * Half of the arena, so that the next wave can be loaded while one is computed.
   *
   * @throws AdeptException if the memory for waves does not hold the longest row
   */
  @Override
  public int waveTokens(int longestRow) {
    memory.requireRoom(longestRow);
    return Math.max(longestRow, memory.slots() / 2);
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
    return config.width();
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
