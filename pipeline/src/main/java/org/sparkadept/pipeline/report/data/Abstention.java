package org.sparkadept.pipeline.report.data;

import java.util.List;

/**
 * What {@code adept calibrate --min-precision} found.
 *
 * @param provenance where the numbers come from
 * @param output path of the file that holds the chosen score
 * @param rows that were calibrated on
 * @param seconds it took
 * @param target the least precision of the answers
 * @param confidence 1 − δ of the guarantee
 * @param boundConfidence confidence of each lower bound
 * @param chosenMinScore the least score of an answer; NaN if none keeps to the target
 * @param points by score, ascending
 */
public record Abstention(
    Provenance provenance,
    String output,
    long rows,
    double seconds,
    double target,
    double confidence,
    double boundConfidence,
    double chosenMinScore,
    List<CoveragePoint> points)
    implements Report {

  /** Copies the list. */
  public Abstention {
    points = List.copyOf(points);
  }

  @Override
  public String kind() {
    return "abstention";
  }

  /** Whether a least score keeps to the target. */
  public boolean hasChosen() {
    return !Double.isNaN(chosenMinScore);
  }

  /** Whether a point is at the chosen score. */
  public boolean chosen(CoveragePoint point) {
    return point.minScore() == chosenMinScore;
  }
}
