package org.sparkadept.decoder.model.family;

import java.util.List;
import java.util.function.IntPredicate;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.JsonObject;

/**
 * Which layers see only the last tokens. Newer files say it per layer ({@code layer_types}), older
 * ones leave it to the family's rule.
 */
public final class SlidingWindows {
  /** The usual key of a window's size. */
  public static final String WINDOW = "sliding_window";

  private static final String TYPES = "layer_types";

  private SlidingWindows() {}

  /**
   * Window of each layer, in tokens; 0 for none.
   *
   * @param window size of a window; 0 where the model has none
   * @param rule whether a layer, from 0, has one where the file does not say it per layer
   * @throws CheckpointException if the file names other kinds of layers, or a window that it does
   *     not give
   */
  public static int[] read(JsonObject json, int layers, int window, IntPredicate rule) {
    int[] windows = new int[layers];
    if (json.has(TYPES)) {
      fillByType(json, window, windows);
    } else {
      for (int layer = 0; layer < layers; layer++) {
        windows[layer] = rule.test(layer) ? window : 0;
      }
    }
    return windows;
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
