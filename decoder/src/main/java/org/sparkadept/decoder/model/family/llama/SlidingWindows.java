package org.sparkadept.decoder.model.family.llama;

import java.util.List;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.family.Limits;

/**
 * Which layers see only the last tokens. Newer files say it per layer ({@code layer_types}), older
 * ones by rule: every layer of Mistral; those from {@code max_window_layers} on in Qwen.
 */
final class SlidingWindows {
  private static final String WINDOW = "sliding_window";
  private static final String TYPES = "layer_types";

  /** What Mistral's configuration means when it does not mention a window. */
  private static final int MISTRAL_DEFAULT = 4096;

  private SlidingWindows() {}

  /** Window of each layer, in tokens; 0 for none. */
  static int[] read(JsonObject json, String type, int layers) {
    int window = window(json, type);
    int[] windows = new int[layers];
    if (json.has(TYPES)) {
      fillByType(json, window, windows);
    } else if (window > 0) {
      int first = type.equals("mistral") ? 0 : firstSliding(json, layers);
      for (int layer = first; layer < layers; layer++) {
        windows[layer] = window;
      }
    }
    return windows;
  }

  private static int window(JsonObject json, String type) {
    return switch (type) {
      case "mistral" ->
          json.mentions(WINDOW) ? json.positive(WINDOW, Limits.POSITIONS, 0) : MISTRAL_DEFAULT;
      case "qwen2", "qwen3" ->
          json.flag("use_sliding_window", false) ? json.positive(WINDOW, Limits.POSITIONS, 0) : 0;
      default -> 0;
    };
  }

  private static int firstSliding(JsonObject json, int layers) {
    int first = json.whole("max_window_layers", 0, Integer.MAX_VALUE);
    return Math.min(first, layers);
  }

  private static void fillByType(JsonObject json, int window, int[] windows) {
    List<String> types = json.texts(TYPES);
    if (types.size() != windows.length) {
      throw json.wrong(
          TYPES, "names " + types.size() + " layers, but the model has " + windows.length);
    }
    for (int layer = 0; layer < windows.length; layer++) {
      switch (types.get(layer)) {
        case "full_attention" -> windows[layer] = 0;
        case "sliding_attention" -> {
          if (window == 0) {
            throw json.wrong(
                TYPES, "has sliding_attention, but the file gives no window (" + WINDOW + ")");
          }
          windows[layer] = window;
        }
        default ->
            throw json.unsupported(TYPES, types.get(layer), "full_attention", "sliding_attention");
      }
    }
  }
}
