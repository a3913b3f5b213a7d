package org.sparkadept.decoder.model.family;

import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.RotaryConfig;
import org.sparkadept.decoder.model.RotaryScaling;

/**
 * Rotary positions of two kinds of layers. Newer files have an object for each kind in {@code
 * rope_parameters}, older ones two keys for the thetas.
 *
 * @param global of layers that see all tokens before them
 * @param local of layers with a sliding window
 */
public record LocalGlobalRotary(RotaryConfig global, RotaryConfig local) {

  /**
   * @param globalKey older key of the global theta
   * @param globalTheta the global theta where the file does not give it
   * @param localKey older key of the local theta
   * @throws org.sparkadept.decoder.error.CheckpointException if a value is unusable or asks for
   *     what is not supported
   */
  public static LocalGlobalRotary read(
      JsonObject json, int headDim, String globalKey, double globalTheta, String localKey) {
    double global = RotaryReader.theta(json, globalKey, globalTheta);
    double local = RotaryReader.theta(json, localKey, RotaryReader.DEFAULT_THETA);
    if (!json.has(RotaryReader.PARAMETERS)) {
      RotaryScaling scaling =
          json.has(RotaryReader.SCALING)
              ? RotaryReader.scaling(json.object(RotaryReader.SCALING))
              : RotaryScaling.NONE;
      return new LocalGlobalRotary(
          new RotaryConfig(global, headDim, scaling),
          new RotaryConfig(local, headDim, RotaryScaling.NONE));
    }
    JsonObject parameters = json.object(RotaryReader.PARAMETERS);
    return new LocalGlobalRotary(
        RotaryReader.parameters(parameters.object("full_attention"), headDim, global),
        RotaryReader.parameters(parameters.object("sliding_attention"), headDim, local));
  }

  /** That of a layer with this window; 0 for none. */
  public RotaryConfig of(int window) {
    return window == 0 ? global : local;
  }
}
