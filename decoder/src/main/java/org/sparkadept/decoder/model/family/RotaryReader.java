package org.sparkadept.decoder.model.family;

import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.RotaryConfig;
import org.sparkadept.decoder.model.RotaryScaling;

/**
 * Rotary positions in {@code config.json}: {@code rope_theta} and {@code rope_scaling}, or in files
 * of newer releases {@code rope_parameters} for both.
 */
public final class RotaryReader {
  private static final String NEW_KEY = "rope_parameters";
  private static final String OLD_KEY = "rope_scaling";
  private static final String THETA = "rope_theta";
  private static final String PARTIAL = "partial_rotary_factor";
  private static final double DEFAULT_THETA = 10_000;

  private RotaryReader() {}

  /** Reads them, with the defaults of the Llama family. */
  public static RotaryConfig read(JsonObject json) {
    refusePartial(json);
    if (!json.has(NEW_KEY)) {
      return new RotaryConfig(
          theta(json), json.has(OLD_KEY) ? scaling(json.object(OLD_KEY)) : RotaryScaling.NONE);
    }
    JsonObject parameters = json.object(NEW_KEY);
    refusePartial(parameters);
    return new RotaryConfig(theta(parameters.has(THETA) ? parameters : json), scaling(parameters));
  }

  private static double theta(JsonObject json) {
    return json.has(THETA) ? above(json, THETA, 1) : DEFAULT_THETA;
  }

  private static RotaryScaling scaling(JsonObject json) {
    String key = json.has("rope_type") ? "rope_type" : "type";
    if (!json.has(key) && !json.has("factor")) {
      return RotaryScaling.NONE;
    }
    String type = json.text(key);
    return switch (type) {
      case "default" -> RotaryScaling.NONE;
      case "linear" -> RotaryScaling.linear(above(json, "factor", 0));
      case "llama3" -> llama3(json);
      default -> throw json.unsupported(key, type, "default", "linear", "llama3");
    };
  }

  private static RotaryScaling llama3(JsonObject json) {
    double low = above(json, "low_freq_factor", 0);
    return new RotaryScaling(
        RotaryScaling.Kind.LLAMA3,
        above(json, "factor", 0),
        low,
        above(json, "high_freq_factor", low),
        json.positive("original_max_position_embeddings", Limits.POSITIONS));
  }

  private static double above(JsonObject json, String key, double bound) {
    double value = json.number(key);
    if (!(value > bound)) {
      throw json.wrong(key, "must be greater than " + bound + ", but is " + value);
    }
    return value;
  }

  private static void refusePartial(JsonObject json) {
    if (json.has(PARTIAL) && json.number(PARTIAL) != 1) {
      throw json.wrong(
          PARTIAL, "is " + json.number(PARTIAL) + ", but only whole heads (1.0) are supported");
    }
  }
}
