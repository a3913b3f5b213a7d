package org.sparkadept.pipeline.report.data;

import java.util.List;

/**
 * The risk of early exits over the thresholds, and the threshold that was chosen.
 *
 * @param measure what is at risk: {@code disagreement}, or another word for a sentence
 * @param policy name of the policy
 * @param tokenExit whether single tokens leave, too
 * @param target ε, the largest risk allowed
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
    List<Point> points) {

  /**
   * The risk at one threshold.
   *
   * @param threshold τ; a larger one exits later
   * @param disagreement share of the rows whose label is not full depth's; where the curve is of
   *     accuracy loss, of the rows that full depth answers rightly and the policy wrongly
   * @param upperBound of the disagreement, at the curve's confidence of bounds
   * @param compute FLOPs as a share of full depth's
   */
  public record Point(double threshold, double disagreement, double upperBound, double compute) {}

  /** Copies the list. */
  public RiskCurve {
    points = List.copyOf(points);
  }

  /** Whether a threshold keeps to the target. */
  public boolean hasChosen() {
    return !Double.isNaN(chosenThreshold);
  }

  /** Whether a point is at the chosen threshold. */
  public boolean chosen(Point point) {
    return point.threshold == chosenThreshold;
  }

  /** Whether the upper bound at a point is within the target. */
  public boolean keepsTarget(Point point) {
    return point.upperBound <= target;
  }
}
