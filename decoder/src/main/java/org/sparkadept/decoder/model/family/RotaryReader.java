package org.sparkadept.decoder.model.family;

import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.RotaryConfig;
import org.sparkadept.decoder.model.RotaryScaling;

/**
 * Rotary positions in {@code config.json}: {@code rope_theta} and {@code rope_scaling}, or in files
 * of newer releases {@code rope_parameters} for both.
 */
public final class RotaryReader {
  /** What newer files call theta and scaling together. */
  public static final String PARAMETERS = "rope_parameters";

  /** What older files call the scaling. */
  public static final String SCALING = "rope_scaling";

  /** The usual key of theta. */
  public static final String THETA = "rope_theta";

  /** The key of the part of a head that is rotated. */
  public static final String PARTIAL = "partial_rotary_factor";

  /** What theta means where it is absent, in most families. */
  public static final double DEFAULT_THETA = 10_000;

  private RotaryReader() {}

  /**
   * Reads them, over whole heads.
   *
   * @param defaultTheta theta where the file does not give it
   * @throws CheckpointException if a value is unusable or asks for what is not supported
   */
  public static RotaryConfig read(JsonObject json, int headDim, double defaultTheta) {
    refusePartial(json);
    if (json.has(PARAMETERS)) {
      JsonObject parameters = json.object(PARAMETERS);
      double theta = theta(parameters.has(THETA) ? parameters : json, THETA, defaultTheta);
      return parameters(parameters, headDim, theta);
    }
    return new RotaryConfig(
        theta(json, THETA, defaultTheta),
        headDim,
        json.has(SCALING) ? scaling(json.object(SCALING)) : RotaryScaling.NONE);
  }

  /**
   * Positions as newer files describe them in one object.
   *
   * @param parameters {@code {"rope_type": …, "rope_theta": …}}
   */
  static RotaryConfig parameters(JsonObject parameters, int headDim, double defaultTheta) {
    refusePartial(parameters);
    return new RotaryConfig(theta(parameters, THETA, defaultTheta), headDim, scaling(parameters));
  }

  /** The base of the frequencies, or what it is where the file does not give it. */
  public static double theta(JsonObject json, String key, double otherwise) {
    return json.has(key) ? above(json, key, 1) : otherwise;
  }

  /** The key that names the rule of a scaling. */
  public static String ruleKey(JsonObject scaling) {
    return scaling.has("rope_type") ? "rope_type" : "type";
  }

  static RotaryScaling scaling(JsonObject json) {
    String key = ruleKey(json);
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
