package org.sparkadept.decoder.model.family.modernbert;

import java.util.List;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.decoder.model.family.ConfigDraft;
import org.sparkadept.decoder.model.family.ConfigValues;
import org.sparkadept.decoder.model.family.Limits;
import org.sparkadept.decoder.model.family.LocalGlobalRotary;
import org.sparkadept.decoder.model.family.RotaryReader;
import org.sparkadept.decoder.model.family.SlidingWindows;

/** ModernBERT's settings. Every third layer sees all tokens, from the first on. */
final class ModernBertConfig {
  static final String NORM_BIAS = "norm_bias";

  private static final String LOCAL = "local_attention";
  private static final int USUAL_INTERVAL = 3;
  private static final int USUAL_LOCAL = 128;
  private static final double GLOBAL_THETA = 160_000;

  private ModernBertConfig() {}

  static ModelConfig read(JsonObject json, List<String> labels) {
    if (json.has(RotaryReader.SCALING)) {
      throw json.wrong(RotaryReader.SCALING, "is not supported in this family");
    }
    ConfigDraft draft = new ConfigDraft(json, labels);
    int interval = json.positive("global_attn_every_n_layers", Limits.LAYERS, USUAL_INTERVAL);
    int[] windows =
        SlidingWindows.read(json, draft.layers(), window(json), layer -> layer % interval != 0);
    LocalGlobalRotary rotary =
        LocalGlobalRotary.read(
            json, draft.headDim(), "global_rope_theta", GLOBAL_THETA, "local_rope_theta");
    float eps = ConfigValues.epsilon(json, "norm_eps");
    return draft
        .norms(new NormConfig(NormKind.LAYER, eps, NormConfig.Before.ALL_BUT_FIRST, false))
        .activation("hidden_activation")
        .tied(true)
        .embeddingNorm()
        .positions(windows, layer -> rotary.of(windows[layer]))
        .attentionBiases(json.flag("mlp_bias", false))
        .config();
  }

  /** The key counts both sides, as in ModernBERT's encoder; a decoder has one. */
  private static int window(JsonObject json) {
    return json.has(LOCAL) ? json.whole(LOCAL, 2, Limits.POSITIONS) / 2 : USUAL_LOCAL / 2;
  }
}
