package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import org.sparkadept.decoder.exit.BaselinePolicies;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.result.ExitTrace;

/**
 * An exit policy at a threshold, to be tried on traces.
 *
 * @param policy the policy; one with a threshold
 * @param threshold τ in (0, 1]
 */
public record Candidate(PolicyKind policy, float threshold) implements Serializable {
  private static final long serialVersionUID = 2L;

  /** The threshold as {@link ShortDecimal} has it. */
  public double shownThreshold() {
    return ShortDecimal.of(threshold);
  }

  /** Finds the exit where a row leaves. */
  interface Exits {
    /** Index of the exit. */
    int of(ExitTrace trace);
  }

  /**
   * @param exits number of exits of the model
   * @return where rows leave under this candidate; the same as in a run of it
   */
  Exits exits(int exits) {
    return policy == PolicyKind.ADEPT
        ? trace -> trace.exitAt(threshold)
        : first(BaselinePolicies.of(policy, threshold, exits));
  }

  private static Exits first(ExitPolicy policy) {
    return trace -> {
      int last = trace.exits() - 1;
      for (int exit = 0; exit < last; exit++) {
        if (policy.exits(trace.readouts()[exit])) {
          return exit;
        }
      }
      return last;
    };
  }
}
