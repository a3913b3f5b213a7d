package org.sparkadept.decoder.model.family.smollm3;

import java.util.List;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.RotaryConfig;
import org.sparkadept.decoder.model.family.ConfigDraft;
import org.sparkadept.decoder.model.family.Limits;
import org.sparkadept.decoder.model.family.RotaryReader;
import org.sparkadept.decoder.model.family.SlidingWindows;

/** SmolLM3's settings. Every fourth layer has no rotary positions unless the file says which. */
final class SmolLm3Config {
  private static final String ROTARY_LAYERS = "no_rope_layers";
  private static final int USUAL_INTERVAL = 4;
  private static final double DEFAULT_THETA = 2_000_000;

  private SmolLm3Config() {}

  static ModelConfig read(JsonObject json, List<String> labels) {
    ConfigDraft draft = new ConfigDraft(json, labels);
    boolean[] turned = rotaryLayers(json, draft.layers());
    RotaryConfig rotary = RotaryReader.read(json, draft.headDim(), DEFAULT_THETA);
    int window =
        json.flag("use_sliding_window", false)
            ? json.positive(SlidingWindows.WINDOW, Limits.POSITIONS, 0)
            : 0;
    return draft
        .rmsNorms()
        .activation("hidden_act")
        .tied(true)
        .positions(
            SlidingWindows.read(json, draft.layers(), window, layer -> !turned[layer]),
            layer -> turned[layer] ? rotary : null)
        .attentionBiases(json.flag("mlp_bias", false))
        .config();
  }

  /** Which layers have rotary positions: despite its name the key has 1 for those. */
  private static boolean[] rotaryLayers(JsonObject json, int layers) {
    boolean[] turned = new boolean[layers];
    if (!json.has(ROTARY_LAYERS)) {
      int interval = json.positive("no_rope_layer_interval", Limits.LAYERS, USUAL_INTERVAL);
      for (int layer = 0; layer < layers; layer++) {
        turned[layer] = (layer + 1) % interval != 0;
      }
      return turned;
    }
    int[] flags = json.integers(ROTARY_LAYERS);
    if (flags.length < layers) {
      throw json.wrong(
          ROTARY_LAYERS, "names " + flags.length + " layers, but the model has " + layers);
    }
    for (int layer = 0; layer < layers; layer++) {
      if (flags[layer] != 0 && flags[layer] != 1) {
        throw json.wrong(ROTARY_LAYERS, "must hold 0 and 1 only, but holds " + flags[layer]);
      }
      turned[layer] = flags[layer] == 1;
    }
    return turned;
  }
}
