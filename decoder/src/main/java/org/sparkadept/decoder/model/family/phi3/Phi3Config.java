package org.sparkadept.decoder.model.family.phi3;

import java.util.Arrays;
import java.util.List;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.RotaryConfig;
import org.sparkadept.decoder.model.RotaryScaling;
import org.sparkadept.decoder.model.family.ConfigDraft;
import org.sparkadept.decoder.model.family.ConfigValues;
import org.sparkadept.decoder.model.family.Limits;
import org.sparkadept.decoder.model.family.RotaryReader;
import org.sparkadept.decoder.model.family.SlidingWindows;

/**
 * Phi-3's settings. LongRoPE turns a row by other frequencies as soon as it is longer than those of
 * the pretraining; here such rows are cut to that length, for which the short factors hold.
 */
final class Phi3Config {
  private static final String ORIGINAL = "original_max_position_embeddings";
  private static final int DEFAULT_ORIGINAL = 4096;

  private Phi3Config() {}

  static ModelConfig read(JsonObject json, List<String> labels) {
    ConfigValues.supportOnly(json, "attention_bias", false);
    ConfigDraft draft = new ConfigDraft(json, labels);
    int[] windows = new int[draft.layers()];
    Arrays.fill(windows, json.positive(SlidingWindows.WINDOW, Limits.POSITIONS, 0));
    boolean inOne = json.has(RotaryReader.PARAMETERS);
    String key = inOne ? RotaryReader.PARAMETERS : RotaryReader.SCALING;
    JsonObject scaling = json.has(key) ? json.object(key) : null;
    int dimensions = dimensions(inOne && scaling.has(RotaryReader.PARTIAL) ? scaling : json, draft);
    double theta =
        RotaryReader.theta(
            inOne && scaling.has(RotaryReader.THETA) ? scaling : json,
            RotaryReader.THETA,
            RotaryReader.DEFAULT_THETA);
    RotaryScaling rule = RotaryScaling.NONE;
    if (scaling != null && isLong(scaling)) {
      int original =
          (json.has(ORIGINAL) ? json : scaling)
              .positive(ORIGINAL, Limits.POSITIONS, DEFAULT_ORIGINAL);
      rule = longRope(scaling, dimensions, draft.maxPositions(), original);
      draft.maxPositions(Math.min(draft.maxPositions(), original));
    }
    return draft
        .rmsNorms()
        .activation("hidden_act")
        .positions(windows, new RotaryConfig(theta, dimensions, rule))
        .config();
  }

  private static int dimensions(JsonObject json, ConfigDraft draft) {
    double part = json.has(RotaryReader.PARTIAL) ? json.number(RotaryReader.PARTIAL) : 1;
    int dimensions = (int) (draft.headDim() * part);
    if (dimensions <= 0 || dimensions > draft.headDim() || dimensions % 2 != 0) {
      throw json.wrong(
          RotaryReader.PARTIAL,
          String.format(
              "is %s, which is not an even number of a head's %d elements", part, draft.headDim()));
    }
    return dimensions;
  }

  /** Releases of the first months call LongRoPE "su" or "yarn". */
  private static boolean isLong(JsonObject scaling) {
    String key = RotaryReader.ruleKey(scaling);
    String type = scaling.has(key) ? scaling.text(key) : "default";
    return switch (type) {
      case "default" -> false;
      case "longrope", "su", "yarn" -> true;
      default -> throw scaling.unsupported(key, type, "default", "longrope");
    };
  }

  /**
   * The amplitude is {@code sqrt(1 + ln s / ln original)} for a context that is s times as long as
   * the original one (Ding et al. 2024), unless the file gives it.
   */
  private static RotaryScaling longRope(
      JsonObject scaling, int dimensions, int maxPositions, int original) {
    List<Double> factors = scaling.numbers("short_factor");
    if (factors.size() != dimensions / 2) {
      throw scaling.wrong(
          "short_factor",
          String.format(
              "has %d numbers, but there are %d frequencies", factors.size(), dimensions / 2));
    }
    for (double factor : factors) {
      if (!(factor > 0)) {
        throw scaling.wrong("short_factor", "has " + factor + ", which is not greater than 0");
      }
    }
    double longer =
        scaling.has("factor") ? scaling.number("factor") : (double) maxPositions / original;
    double amplitude = longer <= 1 ? 1 : Math.sqrt(1 + Math.log(longer) / Math.log(original));
    return RotaryScaling.each(
        factors, scaling.has("attention_factor") ? scaling.number("attention_factor") : amplitude);
  }
}
