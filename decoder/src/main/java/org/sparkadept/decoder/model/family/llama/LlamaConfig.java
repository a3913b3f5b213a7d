package org.sparkadept.decoder.model.family.llama;

import java.util.List;
import java.util.function.IntPredicate;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;
import org.sparkadept.decoder.model.BiasConfig;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ConfigDraft;
import org.sparkadept.decoder.model.family.Limits;
import org.sparkadept.decoder.model.family.RotaryReader;
import org.sparkadept.decoder.model.family.SlidingWindows;

/**
 * Llama and what is built like it: Mistral, Qwen2, Qwen3. Absent keys mean what they mean there.
 */
final class LlamaConfig {
  /** What Mistral's configuration means when it does not mention a window. */
  private static final int MISTRAL_WINDOW = 4096;

  private LlamaConfig() {}

  static ModelConfig read(JsonObject json, List<String> labels) {
    String type = json.text("model_type");
    ConfigDraft draft = new ConfigDraft(json, labels);
    return draft
        .rmsNorms()
        .activation("hidden_act")
        .positions(
            windows(json, type, draft.layers()),
            RotaryReader.read(json, draft.headDim(), RotaryReader.DEFAULT_THETA))
        .queryKeyNorm(type.equals("qwen3") ? QueryKeyNorm.EACH_HEAD : QueryKeyNorm.NONE)
        .biases(biases(json, type))
        .config();
  }

  private static int[] windows(JsonObject json, String type, int layers) {
    int window = window(json, type);
    IntPredicate rule = layer -> true;
    if (window > 0 && !type.equals("mistral") && !json.has("layer_types")) {
      int first = json.whole("max_window_layers", 0, Integer.MAX_VALUE);
      rule = layer -> layer >= first;
    }
    return SlidingWindows.read(json, layers, window, rule);
  }

  private static int window(JsonObject json, String type) {
    String key = SlidingWindows.WINDOW;
    return switch (type) {
      case "mistral" ->
          json.mentions(key) ? json.positive(key, Limits.POSITIONS, 0) : MISTRAL_WINDOW;
      case "qwen2", "qwen3" ->
          json.flag("use_sliding_window", false) ? json.positive(key, Limits.POSITIONS, 0) : 0;
      default -> 0;
    };
  }

  private static BiasConfig biases(JsonObject json, String type) {
    boolean attention = json.flag("attention_bias", false);
    return switch (type) {
      case "llama" -> new BiasConfig(attention, attention, json.flag("mlp_bias", false));
      case "qwen2" -> new BiasConfig(true, false, false);
      case "qwen3" -> new BiasConfig(attention, attention, false);
      default -> new BiasConfig(false, false, false);
    };
  }
}
