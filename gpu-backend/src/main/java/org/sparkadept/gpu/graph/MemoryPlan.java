package org.sparkadept.gpu.graph;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkadept.decoder.compute.ComputeOptions.DeviceOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.kernel.Attention;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.weights.WeightSizes.ArraySize;

/**
 * Sizes of the arrays beside the weights, and the device memory that a model needs.
 *
 * @param slots tokens of all waves on the device at one time
 * @param launchTokens largest number of tokens of a launch
 * @param stateTokens largest number of tokens whose hidden states are read at once
 * @param slotBytes memory of a slot
 * @param waveBytes memory for waves, as the options say
 */
public record MemoryPlan(
    int slots, int launchTokens, int stateTokens, long slotBytes, long waveBytes) {
  /** Tokens of the row that new graphs are tried with. */
  static final int TRIAL_TOKENS = 3;

  /** More tokens than this fill any GPU. */
  private static final int MAX_LAUNCH_TOKENS = 8192;

  private static final int MAX_STATE_TOKENS = 1024;
  private static final int MAX_SLOTS = 1 << 18;
  private static final String PRODUCTS = "products";
  private static final int MAX_SCORE_FLOATS = 1 << 18;

  /** Largest array that TornadoVM can index. */
  private static final long MAX_ELEMENTS = Integer.MAX_VALUE - 64;

  /**
   * Plans the arrays of a model.
   *
   * @throws AdeptException if the memory for waves does not hold a token, or a head is too large
   *     for the kernels
   */
  public static MemoryPlan of(ModelConfig config, DeviceOptions options) {
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
    long maxSlots = Math.min(MAX_SLOTS, MAX_ELEMENTS / widest - TRIAL_TOKENS);
    int slots = (int) Math.min(maxSlots, options.waveBytes() / bytes);
    int launch = Math.min(slots, MAX_LAUNCH_TOKENS);
    int states = Math.min(launch, MAX_STATE_TOKENS);
    MemoryPlan plan = new MemoryPlan(slots, launch, states, bytes, options.waveBytes());
    plan.requireRoom(1);
    return plan;
  }

  /**
   * Checks that a row fits the memory for waves.
   *
   * @param tokens its length
   * @throws AdeptException if it does not; the message names the options to change
   */
  public void requireRoom(int tokens) {
    if (tokens > slots) {
      throw new AdeptException(
          String.format(
              "A row of %d tokens takes %s of the GPU, but spark.adept.gpu.waveMemory is %s; raise"
                  + " it, or lower spark.adept.model.maxTokens.",
              tokens,
              DeviceThread.mebibytes(tokens * slotBytes),
              DeviceThread.mebibytes(waveBytes)));
    }
  }

  /** Slots with those of the trial row, which come last. */
  int arraySlots() {
    return slots + TRIAL_TOKENS;
  }

  /** Floats of the rotary table, which has as many positions as the longest row can have. */
  int rotaryFloats(ModelConfig config) {
    int positions = Math.max(TRIAL_TOKENS, Math.min(config.maxPositions(), slots));
    return config.hasRotary() ? Math.multiplyExact(positions, config.headDim()) : 1;
  }

  /** Largest number of rows whose exit heads are computed at once. */
  public int headRows(int outputs) {
    return Math.min(launchTokens, scoreFloats(outputs) / outputs);
  }

  /** Floats of the scores that are read at once, of exit heads with these outputs at most. */
  static int scoreFloats(int outputs) {
    long all = (long) outputs * LaunchParameters.MAX_ROWS;
    return (int) Math.max(outputs, Math.min(MAX_SCORE_FLOATS, all));
  }

  /**
   * Size of each array that a model has beside its weights, by its name.
   *
   * @param tensorCores whether tensor cores are used
   */
  public Map<String, ArraySize> arrays(ModelConfig config, boolean tensorCores) {
    Map<String, Long> elements = new LinkedHashMap<>();
    long width = config.width();
    long queryWidth = config.queryWidth();
    long all = arraySlots();
    elements.put("hidden states", all * width);
    elements.put("keys and values", 2L * all * config.keyWidth());
    elements.put("token states", 3L * all);
    elements.put("rotary", (long) rotaryFloats(config));
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
    elements.put("launch parameters", (long) ModelGraphs.MODEL_GRAPHS * LaunchParameters.SIZE);
    Map<String, ArraySize> arrays = new LinkedHashMap<>();
    elements.forEach((name, count) -> arrays.put(name, ArraySize.words(count)));
    return arrays;
  }

  /**
   * Size of each array that exit heads have beside their weights, by its name.
   *
   * @param outputs largest number of outputs of a head
   */
  public static Map<String, ArraySize> headArrays(int outputs) {
    Map<String, ArraySize> arrays = new LinkedHashMap<>(graphArrays(1));
    arrays.put("scores", ArraySize.words(scoreFloats(outputs)));
    return arrays;
  }

  /** Size of each array that graphs have beside their weights, by its name. */
  public static Map<String, ArraySize> graphArrays(int graphs) {
    return Map.of("launch parameters", ArraySize.words((long) graphs * LaunchParameters.SIZE));
  }

  /** Floats of the tiles of the widest projection. */
  long products(ModelConfig config) {
    int attention = Math.max(config.queryWidth(), 2 * config.keyWidth());
    int widest = Math.max(Math.max(config.width(), config.mlpWidth()), attention);
    return TileGrid.elements(launchTokens, widest);
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
