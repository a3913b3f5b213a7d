package org.sparkadept.decoder.adept;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.AdeptPolicy;
import org.sparkadept.decoder.exit.ConfidencePolicy;
import org.sparkadept.decoder.exit.CopyMapper;
import org.sparkadept.decoder.exit.EntropyPolicy;
import org.sparkadept.decoder.exit.ExitOptions;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.FullDepth;
import org.sparkadept.decoder.exit.HiddenStateMapper;
import org.sparkadept.decoder.exit.PatiencePolicy;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.family.ModelTensors;

/** Chooses the exit policy: what was asked for, else what the model directory says. */
public final class ExitPolicies {
  private static final List<String> EARLY = List.of("adept", "confidence", "entropy", "patience");

  private ExitPolicies() {}

  /**
   * @param directory the model
   * @param options what the user asked for
   * @return the policy
   * @throws AdeptException if the policy is unknown, or needs what the directory does not have
   */
  public static ExitPolicy choose(ModelDirectory directory, ExitOptions options) {
    AdeptParts parts = directory.adept().orElse(null);
    String kind = options.policy();
    if (kind.equals("model")) {
      kind = parts == null ? "none" : parts.policyKind();
    }
    if (kind.equals("none")) {
      return new FullDepth();
    }
    if (!EARLY.contains(kind)) {
      throw new AdeptException(
          "There is no exit policy '"
              + kind
              + "'; known are model, none, "
              + String.join(", ", EARLY)
              + ".");
    }
    if (parts == null) {
      throw new AdeptException(
          "The exit policy '"
              + kind
              + "' needs exit heads, but "
              + directory.path()
              + " has no adept.json; leave the policy out to classify at full depth.");
    }
    float threshold = threshold(directory, parts, kind, options.threshold());
    return switch (kind) {
      case "confidence" -> new ConfidencePolicy(threshold);
      case "entropy" -> new EntropyPolicy(threshold);
      case "patience" -> PatiencePolicy.of(threshold, parts.exitLayers().length);
      default -> adept(directory, parts, threshold);
    };
  }

  /** What was asked for; else the model's own, which is of use to its own kind of policy only. */
  private static float threshold(
      ModelDirectory directory, AdeptParts parts, String kind, float asked) {
    if (!Float.isNaN(asked)) {
      return asked;
    }
    if (!parts.policyKind().equals(kind) || Float.isNaN(parts.threshold())) {
      throw new AdeptException(
          "The exit policy '"
              + kind
              + "' needs a threshold, and "
              + directory.path()
              + "/adept.json has none for it (its policy is '"
              + parts.policyKind()
              + "'); give one in (0, 1].");
    }
    return parts.threshold();
  }

  private static ExitPolicy adept(ModelDirectory directory, AdeptParts parts, float threshold) {
    PolicyTensors tensors = new PolicyTensors(directory, parts);
    Map<Integer, AdeptPolicy.Weights> weights = new HashMap<>();
    String asker = "the exit policy 'adept'";
    for (int layer : parts.exitLayers()) {
      if (layer < directory.config().layers()) {
        String name = "policy." + layer;
        weights.put(
            layer,
            new AdeptPolicy.Weights(
                tensors.vector(name + ".state", directory.config().width(), asker),
                tensors.vector(name + ".readout", AdeptPolicy.READOUT_FEATURES, asker),
                tensors.vector(name + ".bias", 1, asker)[0]));
      }
    }
    return new AdeptPolicy(weights, threshold);
  }

  /**
   * @param directory the model
   * @param tensors its backbone
   * @param policy the exit policy of rows
   * @param options what the user asked for
   * @return the token exits; {@link TokenExits#NONE} where rows run at full depth
   * @throws AdeptException if the directory lacks what was asked for
   */
  public static TokenExits tokenExits(
      ModelDirectory directory, ModelTensors tensors, ExitPolicy policy, ExitOptions options) {
    if (!policy.early() || options.tokenExit().equals("none")) {
      return TokenExits.NONE;
    }
    AdeptParts parts = directory.adept().orElse(null);
    TokenPolicyParts settings = parts == null ? null : parts.tokenPolicy();
    if (options.tokenExit().equals("model")) {
      if (settings == null || !settings.enabled()) {
        return TokenExits.NONE;
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
}
