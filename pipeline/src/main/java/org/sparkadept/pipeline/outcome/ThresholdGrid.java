package org.sparkadept.pipeline.outcome;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.exit.PolicyKind;

/** The policies and thresholds that are tried. */
public final class ThresholdGrid {
  private static final double LARGEST_LOGIT = 9;
  private static final double FINE_STEP = 0.1;
  private static final double COARSE_STEP = 0.2;

  /** The policies that need nothing but exit heads. */
  public static final List<PolicyKind> HEAD_POLICIES =
      List.of(PolicyKind.CONFIDENCE, PolicyKind.ENTROPY, PolicyKind.PATIENCE);

  private ThresholdGrid() {}

  /**
   * The exit policies that can be tried on a model: first the one that was fitted for it, whether
   * in use or not.
   */
  public static List<PolicyKind> policies(AdeptParts parts) {
    List<PolicyKind> policies = new ArrayList<>();
    if (parts.hasAdeptPolicy()) {
      policies.add(PolicyKind.ADEPT);
    }
    policies.addAll(HEAD_POLICIES);
    return policies;
  }

  /**
   * The candidates of a sequence of tests: one policy from strict to loose, at thresholds {@code
   * σ(z)} that are evenly spaced in z and the same for any data.
   *
   * @param policy kind of the policy
   * @param exits number of exits of the model
   */
  public static List<Candidate> sequence(PolicyKind policy, int exits) {
    List<Candidate> candidates = new ArrayList<>();
    if (policy == PolicyKind.PATIENCE) {
      for (float share : shares(exits).descendingSet()) {
        candidates.add(new Candidate(policy, share));
      }
      return candidates;
    }
    for (float threshold : logistic(FINE_STEP).descendingSet()) {
      candidates.add(new Candidate(policy, threshold));
    }
    return candidates;
  }

  /**
   * The candidates of a comparison: several policies, each from loose to strict.
   *
   * @param policies kinds of policies
   * @param exits number of exits of the model
   * @param chosen the candidate in use, which is tried in any case; null if there is none
   */
  public static List<Candidate> frontier(List<PolicyKind> policies, int exits, Candidate chosen) {
    List<Candidate> candidates = new ArrayList<>();
    for (PolicyKind policy : policies) {
      TreeSet<Float> thresholds =
          policy == PolicyKind.PATIENCE ? shares(exits) : logistic(COARSE_STEP);
      if (chosen != null && chosen.policy() == policy) {
        thresholds.add(chosen.threshold());
      }
      for (float threshold : thresholds) {
        candidates.add(new Candidate(policy, threshold));
      }
    }
    return candidates;
  }

  /** {@code σ(z)}: denser near 0 and 1, where sure policies decide. */
  private static TreeSet<Float> logistic(double step) {
    TreeSet<Float> thresholds = new TreeSet<>();
    int last = (int) Math.round(LARGEST_LOGIT / step);
    for (int i = -last; i <= last; i++) {
      thresholds.add((float) (1 / (1 + Math.exp(-i * step))));
    }
    return thresholds;
  }

  /** One for each number of exits in a row. */
  private static TreeSet<Float> shares(int exits) {
    TreeSet<Float> shares = new TreeSet<>();
    for (int patience = 1; patience <= exits; patience++) {
      shares.add((float) patience / exits);
    }
    return shares;
  }
}
