package org.sparkadept.pipeline.report;

import java.util.List;

/**
 * The risk of early exits over the thresholds, and the threshold that was chosen.
 *
 * @param measure what is at risk: {@code disagreement}, or another word for a sentence
 * @param policy name of the policy
 * @param tokenExit whether single tokens leave, too
 * @param target ε, the risk that is asked for at most
 * @param confidence 1 − δ of the guarantee
 * @param boundConfidence confidence of each upper bound; more than the guarantee's where the curve
 *     was chosen out of two
 * @param chosenThreshold τ; NaN if no threshold keeps to the target
 * @param points by threshold
 */
public record RiskCurve(
    String measure,
    String policy,
    boolean tokenExit,
    double target,
    double confidence,
    double boundConfidence,
    double chosenThreshold,
    List<RiskPoint> points) {

  /** Copies the list. */
  public RiskCurve {
    points = List.copyOf(points);
  }

  /** The risk of answers that are not full depth's, where no token leaves. */
  public RiskCurve(
      String policy,
      double target,
      double confidence,
      double chosenThreshold,
      List<RiskPoint> points) {
    this("disagreement", policy, false, target, confidence, confidence, chosenThreshold, points);
  }

  /** Whether a threshold keeps to the target. */
  boolean hasChosen() {
    return !Double.isNaN(chosenThreshold);
  }
}
