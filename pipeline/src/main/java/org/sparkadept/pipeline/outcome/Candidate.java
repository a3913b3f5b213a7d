package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import org.sparkadept.decoder.exit.ConfidencePolicy;
import org.sparkadept.decoder.exit.EntropyPolicy;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.PatiencePolicy;
import org.sparkadept.decoder.result.ExitTrace;

/**
 * An exit policy at a threshold, to be tried on traces.
 *
 * @param policy {@code adept}, {@code confidence}, {@code entropy} or {@code patience}
 * @param threshold τ in (0, 1]
 */
public record Candidate(String policy, float threshold) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The threshold with the digits that people write, none of which come from its binary form. */
  public double shownThreshold() {
    return Double.parseDouble(Float.toString(threshold));
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
    return switch (policy) {
      case "adept" -> trace -> trace.exitAt(threshold);
      case "confidence" -> first(new ConfidencePolicy(threshold));
      case "entropy" -> first(new EntropyPolicy(threshold));
      case "patience" -> first(PatiencePolicy.of(threshold, exits));
      default -> throw new IllegalArgumentException(policy);
    };
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
