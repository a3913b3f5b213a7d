package org.sparkadept.gpu.graph;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.kernel.Attention;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.weights.WeightPlan;
import org.sparkadept.gpu.weights.WeightPlan.ArraySize;

/**
 * Sizes of the arrays beside the weights, and the device memory that a model needs.
 *
 * @param slots tokens of all waves on the device at one time
 * @param launchTokens largest number of tokens of a launch
 * @param stateTokens largest number of tokens whose hidden states are read at once
 * @param scoreFloats largest number of exit scores that are read at once
 */
public record MemoryPlan(int slots, int launchTokens, int stateTokens, int scoreFloats) {
  /** More tokens than this fill any GPU. */
  private static final int MAX_LAUNCH_TOKENS = 8192;

  private static final int MAX_STATE_TOKENS = 1024;
  private static final int MAX_SLOTS = 1 << 18;
  private static final String PRODUCTS = "products";
  private static final int SCORE_FLOATS = 1 << 18;

  /** Largest array that TornadoVM can index. */
  private static final long MAX_ELEMENTS = Integer.MAX_VALUE - 64;

  /**
   * Plans the arrays of a model.
   *
   * @throws AdeptException if the memory for waves does not hold the longest row, or a head is too
   *     large for the kernels
   */
  public static MemoryPlan of(ModelSource source, DeviceOptions options) {
    ModelConfig config = source.config();
    if (config.headDim() > Attention.MAX_HEAD_DIM) {
      throw new AdeptException(
          "The model's attention heads have "
              + config.headDim()
              + " elements, but the backend tornadovm supports at most "
              + Attention.MAX_HEAD_DIM
              + "; use the backend cpu.");
    }
    long bytes = 4L * (config.width() + 2L * config.keyWidth() + 3);
    long widest = Math.max(config.width(), 2L * config.keyWidth());
    long maxSlots = Math.min(MAX_SLOTS, MAX_ELEMENTS / widest);
    long tokens = Math.min(maxSlots, options.waveBytes() / bytes);
    if (tokens < source.maxTokens()) {
      throw new AdeptException(
          String.format(
              "A row of %d tokens takes %s of the GPU, but spark.adept.gpu.waveMemory is %s; raise"
                  + " it, or lower spark.adept.model.maxTokens.",
              source.maxTokens(),
              DeviceThread.mebibytes(source.maxTokens() * bytes),
              DeviceThread.mebibytes(options.waveBytes())));
    }
    int arena = (int) tokens;
    int launch = Math.min(arena, Math.max(MAX_LAUNCH_TOKENS, source.maxTokens()));
    int states = Math.min(launch, Math.max(MAX_STATE_TOKENS, source.maxTokens()));
    int outputs = 1;
    for (LinearTensors head : source.heads().values()) {
      outputs = Math.max(outputs, head.weight().rows());
    }
    return new MemoryPlan(arena, launch, states, Math.max(SCORE_FLOATS, outputs));
  }

  /**
   * Size of each array of a model, by its name.
   *
   * @param source the model
   * @param weights its weights
   * @param tensorCores whether tensor cores are used
   */
  public Map<String, ArraySize> arrays(
      ModelSource source, WeightPlan weights, boolean tensorCores) {
    ModelConfig config = source.config();
    Map<String, Long> elements = new LinkedHashMap<>();
    long width = config.width();
    long queryWidth = config.queryWidth();
    elements.put("vectors", vectors(config));
    elements.put("hidden states", slots * width);
    elements.put("keys and values", 2L * slots * config.keyWidth());
    elements.put("token states", 3L * slots);
    elements.put("token lists", 4L * launchTokens);
    elements.put("normed states", launchTokens * width);
    elements.put("saved states", launchTokens * width);
    elements.put("queries", launchTokens * queryWidth);
    elements.put("attention", launchTokens * queryWidth);
    elements.put("MLP", (long) launchTokens * config.mlpWidth());
    if (tensorCores) {
      elements.put(PRODUCTS, products(config));
    }
    elements.put("states", stateTokens * width);
    elements.put("scores", (long) scoreFloats);
    elements.put("launch parameters", (long) ModelGraphs.MAX_GRAPHS * LaunchParameters.SIZE);
    Map<String, ArraySize> arrays = new LinkedHashMap<>(weights.sizes());
    elements.forEach((name, count) -> arrays.put(name, ArraySize.words(count)));
    return arrays;
  }

  /** Floats of the tiles of the widest projection. */
  long products(ModelConfig config) {
    int attention = Math.max(config.queryWidth(), 2 * config.keyWidth());
    int widest = Math.max(Math.max(config.width(), config.mlpWidth()), attention);
    return TileGrid.elements(launchTokens, widest);
  }

  /** Upper bound of the floats of norms, biases and policies. */
  private static long vectors(ModelConfig config) {
    long layer =
        5L * config.width()
            + config.queryWidth()
            + 2L * config.keyWidth()
            + 2L * config.mlpWidth()
            + 2L * config.headDim()
            + 16;
    return layer * (config.layers() + 2);
  }

  /**
   * Reserves the memory that a model needs.
   *
   * @param needed the arrays, by their names
   * @return their size in bytes
   * @throws AdeptException if the device has less; the message says how much it has
   */
  public static long reserve(Map<String, ArraySize> needed, Device device, DeviceThread thread) {
    long sum = 0;
    long largest = 0;
    String name = "";
    for (Map.Entry<String, ArraySize> array : needed.entrySet()) {
      long bytes = array.getValue().bytes();
      long most = Math.min(device.largestArray(), array.getValue().elementBytes() * MAX_ELEMENTS);
      if (bytes > most) {
        throw new AdeptException(
            String.format(
                "The model needs an array of %s (%s), but on device %s it can be %s at most; use a"
                    + " smaller model or the backend cpu.",
                DeviceThread.mebibytes(bytes),
                array.getKey(),
                device,
                DeviceThread.mebibytes(most)));
      }
      sum += bytes;
      if (bytes > largest) {
        largest = bytes;
        name = array.getKey();
      }
    }
    String details = "most of it: " + name + ", " + DeviceThread.mebibytes(largest);
    if (needed.containsKey(PRODUCTS)) {
      String products = DeviceThread.mebibytes(needed.get(PRODUCTS).bytes());
      details += "; with spark.adept.gpu.tensorCores false " + products + " less";
    }
    thread.reserveMemory(sum, details);
    return sum;
  }
}
