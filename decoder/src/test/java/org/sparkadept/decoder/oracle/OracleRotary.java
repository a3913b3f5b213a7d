package org.sparkadept.decoder.oracle;

import com.fasterxml.jackson.databind.JsonNode;

/** Rotary positions after transformers.modeling_rope_utils. */
final class OracleRotary {

  private OracleRotary() {}

  /** Radians per position of the headDim / 2 pairs of a head. */
  static double[] inverseFrequencies(JsonNode config, int headDim) {
    JsonNode newer = config.path("rope_parameters");
    JsonNode scaling = newer.isObject() ? newer : config.path("rope_scaling");
    double theta = newer.path("rope_theta").asDouble(config.path("rope_theta").asDouble(10000));
    double[] inverse = new double[headDim / 2];
    for (int i = 0; i < inverse.length; i++) {
      double plain = 1 / Math.pow(theta, 2.0 * i / headDim);
      inverse[i] = scaled(scaling, plain);
    }
    return inverse;
  }

  private static double scaled(JsonNode scaling, double frequency) {
    String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
    double factor = scaling.path("factor").asDouble(1);
    return switch (type) {
      case "default" -> frequency;
      case "linear" -> frequency / factor;
      case "llama3" -> llama3(scaling, factor, frequency);
      default -> throw new IllegalArgumentException("The oracle has no rotary type " + type + ".");
    };
  }

  /** Radians per position of the first {@code rotated} elements of a head, without scaling. */
  static double[] plainFrequencies(double theta, int rotated) {
    double[] inverse = new double[rotated / 2];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = 1 / Math.pow(theta, 2.0 * i / rotated);
    }
    return inverse;
  }

  /** _compute_llama3_parameters: long waves are stretched, short ones kept, between them a mix. */
  private static double llama3(JsonNode scaling, double factor, double frequency) {
    double low = scaling.get("low_freq_factor").asDouble();
    double high = scaling.get("high_freq_factor").asDouble();
    double oldLength = scaling.get("original_max_position_embeddings").asDouble();
    double wavelength = 2 * Math.PI / frequency;
    if (wavelength < oldLength / high) {
      return frequency;
    }
    if (wavelength > oldLength / low) {
      return frequency / factor;
    }
    double smooth = (oldLength / wavelength - low) / (high - low);
    return (1 - smooth) * frequency / factor + smooth * frequency;
  }

  /**
   * x · cos + rotate_half(x) · sin on the first part of one head, twice as long as there are
   * frequencies: element i pairs with that behind it by half the part.
   *
   * @param head [headDim]
   */
  static double[] rotate(double[] head, double[] inverseFrequencies, int position) {
    int half = inverseFrequencies.length;
    double[] rotated = head.clone();
    for (int i = 0; i < half; i++) {
      double cos = Math.cos(position * inverseFrequencies[i]);
      double sin = Math.sin(position * inverseFrequencies[i]);
      rotated[i] = head[i] * cos - head[i + half] * sin;
      rotated[i + half] = head[i + half] * cos + head[i] * sin;
    }
    return rotated;
  }
}
