package org.sparkadept.pipeline.report.data;

import java.util.List;

/**
 * What {@code adept calibrate} found.
 *
 * @param provenance where the numbers come from
 * @param output path of the file that holds the chosen threshold
 * @param rows that were calibrated on
 * @param seconds it took
 * @param risk the curve that the threshold was chosen on
 * @param reliability bins of the answers' probabilities
 */
public record Calibration(
    Provenance provenance,
    String output,
    long rows,
    double seconds,
    RiskCurve risk,
    List<ConfidenceBin> reliability)
    implements Report {

  /** Copies the list. */
  public Calibration {
    reliability = List.copyOf(reliability);
  }

  @Override
  public String kind() {
    return "calibration";
  }
}
