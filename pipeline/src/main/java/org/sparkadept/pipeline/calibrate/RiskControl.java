package org.sparkadept.pipeline.calibrate;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.pipeline.outcome.ExitOutcomes;

/**
 * Learn-then-Test over a sequence of thresholds. From strict to loose, the hypothesis "the risk at
 * τ is more than ε" is tested with the exact binomial p-value {@code P(Bin(n, ε) ≤ violations)};
 * testing ends at the first that is not rejected at level δ. So the probability that any threshold
 * that was passed violates the target is at most δ, without a correction for their number.
 *
 * <p>Where tokens may leave there are two sequences, without and with token exits, each at {@code δ
 * / 2}: so the probability that either of the two chosen violates the target is at most δ, and the
 * cheaper one may be taken.
 */
public final class RiskControl {
  private RiskControl() {}

  /**
   * Chooses a threshold.
   *
   * @param outcomes of the calibration rows, by sequence: without token exits and, where tokens may
   *     leave, with them
   * @param policy the policy whose candidates are tested; their thresholds descend
   * @param target the guarantee
   * @return the cheapest that passes; the first sequence, with nothing found, if none does
   * @throws org.sparkadept.decoder.error.AdeptException if there are too few rows for any to pass
   */
  public static Choice choose(List<ExitOutcomes> outcomes, PolicyKind policy, RiskTarget target) {
    RiskTarget each = perSequence(target, outcomes.size() > 1);
    List<Choice> choices = new ArrayList<>();
    for (ExitOutcomes sequence : outcomes) {
      each.checkRows(sequence.rows());
      int chosen = loosest(sequence, policy, each);
      choices.add(new Choice(sequence, policy, chosen, !choices.isEmpty(), target, each.delta()));
    }
    Choice best = choices.get(0);
    for (Choice choice : choices) {
      if (choice.found() && (!best.found() || choice.compute() < best.compute())) {
        best = choice;
      }
    }
    return best;
  }

  /**
   * The target that each sequence is tested for.
   *
   * @param tokens whether there is a sequence with token exits beside the one without
   */
  public static RiskTarget perSequence(RiskTarget target, boolean tokens) {
    return tokens ? target.withDelta(target.delta() / 2) : target;
  }

  /** The loosest candidate that the tests reach, or -1 if not even the strictest passes. */
  static int loosest(ExitOutcomes outcomes, PolicyKind policy, RiskTarget target) {
    int chosen = -1;
    for (int candidate : outcomes.candidatesOf(policy)) {
      long violations = target.kind().violations(outcomes, candidate);
      if (Binomial.lowerTail(outcomes.rows(), target.epsilon(), violations) > target.delta()) {
        break;
      }
      chosen = candidate;
    }
    return chosen;
  }
}
