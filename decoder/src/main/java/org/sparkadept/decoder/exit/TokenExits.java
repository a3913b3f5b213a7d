package org.sparkadept.decoder.exit;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.decoder.AdeptException;
import org.sparkadept.decoder.ExitOptions;
import org.sparkadept.decoder.checkpoint.AdeptParts;
import org.sparkadept.decoder.checkpoint.ModelDirectory;
import org.sparkadept.decoder.checkpoint.TokenPolicyParts;
import org.sparkadept.decoder.model.ModelTensors;

/**
 * How tokens other than the class token leave in prefill.
 *
 * @param policies the token policy of each exit layer that has one, counted from 1; empty where
 *     tokens stay
 * @param threshold τ_t in (0, 1]
 * @param mapper makes their keys and values in the layers above; null where tokens stay
 */
public record TokenExits(
    SortedMap<Integer, TokenPolicy> policies, float threshold, HiddenStateMapper mapper) {

  /** Tokens stay. */
  public static final TokenExits NONE =
      new TokenExits(Collections.emptySortedMap(), Float.NaN, null);

  /**
   * @param directory the model
   * @param tensors its backbone
   * @param policy the exit policy of rows
   * @param options what the user asked for
   * @return the token exits; {@link #NONE} where rows run at full depth
   * @throws AdeptException if the directory lacks what was asked for
   */
  public static TokenExits choose(
      ModelDirectory directory, ModelTensors tensors, ExitPolicy policy, ExitOptions options) {
    if (!policy.early() || options.tokenExit().equals("none")) {
      return NONE;
    }
    AdeptParts parts = directory.adept().orElse(null);
    TokenPolicyParts settings = parts == null ? null : parts.tokenPolicy();
    if (options.tokenExit().equals("model")) {
      if (settings == null || !settings.enabled()) {
        return NONE;
      }
    } else if (settings == null) {
      throw new AdeptException(
          "The token exit '"
              + options.tokenExit()
              + "' needs a token policy, but the adept.json of "
              + directory.path()
              + " has no \"token_policy\"; fit one, or leave the token exit out.");
    }
    PolicyTensors fitted = new PolicyTensors(directory, parts);
    SortedMap<Integer, TokenPolicy> policies = new TreeMap<>();
    for (int layer : settings.exitLayers()) {
      String name = "token." + layer;
      String asker = "\"token_policy\"";
      float[] weight = fitted.vector(name + ".weight", TokenFeatures.COUNT, asker);
      float bias = fitted.vector(name + ".bias", 1, asker)[0];
      policies.put(layer, new TokenPolicy(weight, bias));
    }
    HiddenStateMapper mapper =
        options.tokenExit().equals("copy")
            ? new CopyMapper(directory.config(), tensors)
            : new FittedMapper(fitted, directory.config());
    return new TokenExits(
        Collections.unmodifiableSortedMap(policies), settings.threshold(), mapper);
  }

  /** The first layer, counted from 1, after which tokens may leave; beyond all layers if never. */
  public int first() {
    return policies.isEmpty() ? Integer.MAX_VALUE : policies.firstKey();
  }
}
