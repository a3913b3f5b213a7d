package org.sparkadept.pipeline.outcome;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.adept.AdeptParts;

/** The exit policies that can be tried on a model. */
public final class FittedPolicies {
  /** Those that need nothing but exit heads. */
  public static final List<String> OF_ANY_HEADS = List.of("confidence", "entropy", "patience");

  private FittedPolicies() {}

  /** The policies of a model, the one that was fitted for it, be it in use or not, first. */
  public static List<String> of(AdeptParts parts) {
    List<String> policies = new ArrayList<>();
    int[] exits = parts.exitLayers();
    if (parts.policyKind().equals("adept")
        || (exits.length > 1 && parts.tensors().has("policy." + exits[0] + ".state"))) {
      policies.add("adept");
    }
    policies.addAll(OF_ANY_HEADS);
    return policies;
  }
}
