package org.sparkadept.decoder.model.family.gemma;

import java.util.List;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.decoder.model.family.ConfigDraft;
import org.sparkadept.decoder.model.family.ConfigValues;
import org.sparkadept.decoder.model.family.Limits;
import org.sparkadept.decoder.model.family.LocalGlobalRotary;
import org.sparkadept.decoder.model.family.RotaryReader;
import org.sparkadept.decoder.model.family.SlidingWindows;

/**
 * Gemma's settings. {@code final_logit_softcapping} is the language model's; a classification head
 * has none.
 */
final class GemmaConfig {
  static final String GEMMA_2 = "gemma2";
  static final String GEMMA_3 = "gemma3_text";

  private static final String SOFT_CAP = "attn_logit_softcapping";
  private static final String SCALAR = "query_pre_attn_scalar";
  private static final int USUAL_SCALAR = 256;
  private static final int USUAL_WINDOW = 4096;
  private static final float GEMMA_2_SOFT_CAP = 50;
  private static final int GEMMA_3_PATTERN = 6;
  private static final double GEMMA_3_THETA = 1_000_000;

  private GemmaConfig() {}

  /** Every other layer has a window, from the first on. */
  static ModelConfig read2(JsonObject json, List<String> labels) {
    ConfigDraft draft = shared(json, labels);
    return draft
        .softCap(softCap(json))
        .positions(
            SlidingWindows.read(json, draft.layers(), window(json), layer -> layer % 2 == 0),
            RotaryReader.read(json, draft.headDim(), RotaryReader.DEFAULT_THETA))
        .config();
  }

  /** Every sixth layer has no window; it has rotary positions of its own. */
  static ModelConfig read3(JsonObject json, List<String> labels) {
    if (json.has(SOFT_CAP)) {
      throw json.wrong(SOFT_CAP, "is " + json.number(SOFT_CAP) + ", which is not supported");
    }
    ConfigDraft draft = shared(json, labels);
    int pattern = json.positive("sliding_window_pattern", Limits.LAYERS, GEMMA_3_PATTERN);
    int[] windows =
        SlidingWindows.read(
            json, draft.layers(), window(json), layer -> (layer + 1) % pattern != 0);
    LocalGlobalRotary rotary =
        LocalGlobalRotary.read(
            json, draft.headDim(), RotaryReader.THETA, GEMMA_3_THETA, "rope_local_base_freq");
    return draft
        .queryKeyNorm(QueryKeyNorm.EACH_HEAD)
        .positions(windows, layer -> rotary.of(windows[layer]))
        .config();
  }

  private static ConfigDraft shared(JsonObject json, List<String> labels) {
    ConfigValues.supportOnly(json, "use_bidirectional_attention", false);
    ConfigDraft draft = new ConfigDraft(json, labels);
    float eps = ConfigValues.epsilon(json, "rms_norm_eps");
    int scalar = json.positive(SCALAR, Integer.MAX_VALUE, USUAL_SCALAR);
    return draft
        .norms(new NormConfig(NormKind.RMS, eps, NormConfig.Before.ALL, true))
        .activation(json.has("hidden_activation") ? "hidden_activation" : "hidden_act")
        .tied(true)
        .embeddingScale(ConfigValues.rounded(json, Math.sqrt(draft.width())))
        .attentionScale(1 / Math.sqrt(scalar))
        .attentionBiases(false);
  }

  private static int window(JsonObject json) {
    return json.mentions(SlidingWindows.WINDOW)
        ? json.positive(SlidingWindows.WINDOW, Limits.POSITIONS, 0)
        : USUAL_WINDOW;
  }

  /** The cap of attention scores: none where the file has null. */
  private static float softCap(JsonObject json) {
    if (!json.has(SOFT_CAP)) {
      return json.mentions(SOFT_CAP) ? 0 : GEMMA_2_SOFT_CAP;
    }
    double cap = json.number(SOFT_CAP);
    if (!(cap > 0)) {
      throw json.wrong(SOFT_CAP, "must be greater than 0, but is " + cap);
    }
    return (float) cap;
  }
}
