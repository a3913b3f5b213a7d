package org.sparkadept.decoder.model.family.granite;

import java.util.List;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.RotaryConfig;
import org.sparkadept.decoder.model.family.ConfigDraft;
import org.sparkadept.decoder.model.family.RotaryReader;

/**
 * Granite's settings. {@code logits_scaling} divides the language model's logits; a classification
 * head has none.
 */
final class GraniteConfig {
  private static final String EXPERTS = "num_local_experts";
  private static final String POSITIONS = "position_embedding_type";
  private static final List<String> LAYER_KEYS = List.of("layer_types", "layers_block_type");

  private GraniteConfig() {}

  static ModelConfig read(JsonObject json, List<String> labels) {
    ConfigDraft draft = new ConfigDraft(json, labels);
    return scaled(json, draft)
        .positions(new int[draft.layers()], rotary(json, draft))
        .attentionBiases(json.flag("mlp_bias", false))
        .config();
  }

  /** Granite 4 without experts and without recurrent layers. */
  static ModelConfig readHybrid(JsonObject json, List<String> labels) {
    if (!json.has(EXPERTS)) {
      throw json.wrong(EXPERTS, "is missing, which means experts; only dense models are supported");
    }
    if (json.whole(EXPERTS, 0, Integer.MAX_VALUE) > 0) {
      throw json.wrong(
          EXPERTS,
          "is " + json.whole(EXPERTS, 0, Integer.MAX_VALUE) + ", but only 0, dense, is supported");
    }
    ConfigDraft draft = new ConfigDraft(json, labels, "shared_intermediate_size");
    requireAttention(json, draft.layers());
    return scaled(json, draft)
        .positions(new int[draft.layers()], hasRotary(json) ? rotary(json, draft) : null)
        .attentionBiases(false)
        .config();
  }

  private static void requireAttention(JsonObject json, int layers) {
    String key =
        LAYER_KEYS.stream()
            .filter(json::has)
            .findFirst()
            .orElseThrow(
                () ->
                    json.wrong(
                        LAYER_KEYS.get(0),
                        "is missing, which means recurrent layers; only attention is supported"));
    List<String> types = json.texts(key);
    if (types.size() != layers) {
      throw json.wrong(key, "names " + types.size() + " layers, but the model has " + layers);
    }
    for (String type : types) {
      if (!type.equals("attention") && !type.equals("full_attention")) {
        throw json.unsupported(key, type, "attention", "full_attention");
      }
    }
  }

  private static boolean hasRotary(JsonObject json) {
    if (!json.has(POSITIONS)) {
      return false;
    }
    String type = json.text(POSITIONS);
    return switch (type) {
      case "rope" -> true;
      case "nope" -> false;
      default -> throw json.unsupported(POSITIONS, type, "rope", "nope");
    };
  }

  private static RotaryConfig rotary(JsonObject json, ConfigDraft draft) {
    return RotaryReader.read(json, draft.headDim(), RotaryReader.DEFAULT_THETA);
  }

  private static ConfigDraft scaled(JsonObject json, ConfigDraft draft) {
    return draft
        .rmsNorms()
        .activation("hidden_act")
        .embeddingScale(multiplier(json, "embedding_multiplier"))
        .attentionScale(multiplier(json, "attention_multiplier"))
        .residualScale(multiplier(json, "residual_multiplier"));
  }

  /**
   * @throws CheckpointException if it is not positive
   */
  private static double multiplier(JsonObject json, String key) {
    double value = json.has(key) ? json.number(key) : 1;
    if (!(value > 0)) {
      throw json.wrong(key, "must be greater than 0, but is " + value);
    }
    return value;
  }
}
