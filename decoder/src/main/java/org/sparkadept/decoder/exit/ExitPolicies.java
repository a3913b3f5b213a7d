package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.AdeptException;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.checkpoint.AdeptParts;
import org.sparkadept.decoder.checkpoint.ModelDirectory;

/** Chooses the exit policy: what was asked for, else what the model directory says. */
public final class ExitPolicies {
  private ExitPolicies() {}

  /**
   * @param directory the model
   * @param options what the user asked for
   * @return the policy
   * @throws AdeptException if the policy is unknown, or needs what the directory does not have
   */
  public static ExitPolicy choose(ModelDirectory directory, DecoderOptions options) {
    AdeptParts parts = directory.adept().orElse(null);
    String kind = options.policy();
    if (kind.equals("model")) {
      kind = parts == null ? "none" : parts.policyKind();
    }
    return switch (kind) {
      case "none" -> new FullDepth();
      case "confidence" -> confidence(directory, parts, options.threshold());
      default ->
          throw new AdeptException(
              "There is no exit policy '" + kind + "'; known are model, none and confidence.");
    };
  }

  private static ExitPolicy confidence(
      ModelDirectory directory, AdeptParts parts, float askedThreshold) {
    if (parts == null) {
      throw new AdeptException(
          "The exit policy 'confidence' needs exit heads, but "
              + directory.path()
              + " has no adept.json; leave the policy out to classify at full depth.");
    }
    float threshold = Float.isNaN(askedThreshold) ? parts.threshold() : askedThreshold;
    if (Float.isNaN(threshold)) {
      throw new AdeptException(
          "The exit policy 'confidence' needs a threshold, and "
              + directory.path()
              + "/adept.json has none; give one in (0, 1].");
    }
    return new ConfidencePolicy(threshold);
  }
}
