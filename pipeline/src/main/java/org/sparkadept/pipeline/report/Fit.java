package org.sparkadept.pipeline.report;

import java.util.List;
import org.sparkadept.pipeline.report.html.HtmlReport;

/**
 * What {@code adept fit} made, measured on rows that were held out.
 *
 * @param provenance where the numbers come from
 * @param output path of the directory that holds the fitted parts
 * @param fittedRows rows that were fitted on
 * @param heldOutRows rows that were measured on
 * @param seconds it took
 * @param labels the classes
 * @param fullDepthAccuracy accuracy without early exits
 * @param exits by layer
 * @param frontier points of every policy that was tried
 * @param risk the curve that the threshold was chosen on
 */
public record Fit(
    Provenance provenance,
    String output,
    long fittedRows,
    long heldOutRows,
    double seconds,
    List<String> labels,
    double fullDepthAccuracy,
    List<FittedExit> exits,
    List<FrontierPoint> frontier,
    RiskCurve risk)
    implements Report {

  /** Copies the lists. */
  public Fit {
    labels = List.copyOf(labels);
    exits = List.copyOf(exits);
    frontier = List.copyOf(frontier);
  }

  @Override
  public String kind() {
    return "fit";
  }

  @Override
  public HtmlReport page() {
    return FitPage.of(this);
  }
}
