package org.sparkadept.decoder.model.family.gpt2;

import java.util.Collections;
import java.util.List;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.AttentionConfig;
import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;
import org.sparkadept.decoder.model.BiasConfig;
import org.sparkadept.decoder.model.EmbeddingConfig;
import org.sparkadept.decoder.model.LayerPositions;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.decoder.model.family.ConfigValues;
import org.sparkadept.decoder.model.family.Limits;

/** GPT-2: learned positions, layer norm, plain MLP, biases everywhere. */
final class Gpt2Config {
  private Gpt2Config() {}

  static ModelConfig read(JsonObject json, List<String> labels) {
    ConfigValues.supportOnly(json, "scale_attn_by_inverse_layer_idx", false);
    ConfigValues.supportOnly(json, "reorder_and_upcast_attn", false);
    ConfigValues.supportOnly(json, "scale_attn_weights", true);
    ConfigValues.supportOnly(json, "add_cross_attention", false);
    int layers = json.positive("n_layer", Limits.LAYERS);
    int width = json.positive("n_embd", Limits.WIDTH);
    int heads = json.positive("n_head", Limits.HEADS);
    if (width % heads != 0) {
      throw json.wrong(
          "n_embd", "is " + width + ", which cannot be divided among " + heads + " heads (n_head)");
    }
    return new ModelConfig(
        "gpt2",
        layers,
        width,
        json.positive("n_inner", Limits.MLP_WIDTH, 4 * width),
        json.positive("vocab_size", Limits.VOCABULARY),
        json.positive("n_positions", Limits.POSITIONS),
        new EmbeddingConfig(true, 1, false, json.flag("tie_word_embeddings", true)),
        new AttentionConfig(
            heads,
            heads,
            width / heads,
            AttentionConfig.usualScale(width / heads),
            0,
            QueryKeyNorm.NONE,
            Collections.nCopies(layers, new LayerPositions(0, null))),
        NormConfig.before(NormKind.LAYER, ConfigValues.epsilon(json, "layer_norm_epsilon")),
        ConfigValues.activation(json, "activation_function"),
        false,
        1,
        labels,
        new BiasConfig(true, true, true));
  }
}
