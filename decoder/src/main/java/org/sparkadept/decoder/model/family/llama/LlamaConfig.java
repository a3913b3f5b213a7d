package org.sparkadept.decoder.model.family.llama;

import java.util.List;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.BiasConfig;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.decoder.model.family.ConfigValues;
import org.sparkadept.decoder.model.family.Limits;
import org.sparkadept.decoder.model.family.RotaryReader;

/**
 * Llama and what is built like it: Mistral, Qwen2, Qwen3. Absent keys mean what they mean there.
 */
final class LlamaConfig {
  private LlamaConfig() {}

  static ModelConfig read(JsonObject json, String type, List<String> labels) {
    ConfigValues.supportOnly(json, "is_causal", true);
    int layers = json.positive("num_hidden_layers", Limits.LAYERS);
    int width = json.positive("hidden_size", Limits.WIDTH);
    int heads = json.positive("num_attention_heads", Limits.HEADS);
    return new ModelConfig(
        type,
        layers,
        width,
        heads,
        json.positive("num_key_value_heads", Limits.HEADS, heads),
        headDim(json, width, heads),
        json.positive("intermediate_size", Limits.MLP_WIDTH),
        json.positive("vocab_size", Limits.VOCABULARY),
        json.positive("max_position_embeddings", Limits.POSITIONS),
        NormKind.RMS,
        ConfigValues.epsilon(json, "rms_norm_eps"),
        ConfigValues.activation(json, "hidden_act"),
        true,
        false,
        RotaryReader.read(json),
        SlidingWindows.read(json, type, layers),
        type.equals("qwen3"),
        json.flag("tie_word_embeddings", false),
        labels,
        biases(json, type));
  }

  private static int headDim(JsonObject json, int width, int heads) {
    if (json.has("head_dim")) {
      return json.positive("head_dim", Limits.HEAD_DIM);
    }
    if (width % heads != 0) {
      throw json.wrong(
          "hidden_size",
          String.format(
              "is %d, which cannot be divided among %d attention heads; give head_dim",
              width, heads));
    }
    return width / heads;
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
