package org.sparkadept.pipeline.report;

import java.util.List;
import org.sparkadept.pipeline.report.html.Cell;
import org.sparkadept.pipeline.report.html.HtmlReport;
import org.sparkadept.pipeline.report.html.HtmlTable;
import org.sparkadept.pipeline.report.html.Numbers;
import org.sparkadept.pipeline.report.html.Palette;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;

/** How often early exits change the answer, and the threshold that keeps that below a target. */
final class RiskSection {
  private RiskSection() {}

  /** The curve's facts, for the table at the top of a page. */
  static void facts(HtmlReport page, RiskCurve risk) {
    page.fact("Policy", risk.policy())
        .fact("Token exit", risk.tokenExit() ? "on" : "off")
        .fact("Chosen threshold τ", Cell.decimal(risk.chosenThreshold()))
        .fact("Target ε: " + risk.measure() + " of at most", Cell.percent(risk.target()))
        .fact("Confidence 1 − δ", Cell.percent(risk.confidence()));
  }

  static void add(HtmlReport page, RiskCurve risk) {
    page.section("Risk of early exits");
    if (!risk.hasChosen()) {
      page.paragraph(
          "No threshold keeps the upper bound below the target: give more rows to calibrate on, or"
              + " allow more of it.");
    }
    LinePlot plot = new LinePlot(Axis.numbers("Threshold τ"), Axis.shares("Share of rows"));
    plot.line("upper bound at " + Numbers.percent(risk.boundConfidence()), points(risk, true));
    plot.line(risk.measure() + " on the rows", points(risk, false));
    if (!plot.isEmpty()) {
      addLimits(plot, risk);
    }
    page.figure(
        plot.figure(
            "Share of rows with "
                + risk.measure()
                + ", compared with full depth, over the threshold, with its upper confidence bound."
                + " The chosen threshold is the least that is reached from above without the bound"
                + " leaving the target."));
    page.foldedTable("All thresholds", table(risk));
  }

  /** The target across the plot, the chosen threshold from its bottom to its top. */
  private static void addLimits(LinePlot plot, RiskCurve risk) {
    double first = risk.points().stream().mapToDouble(RiskPoint::threshold).min().orElse(0);
    double last = risk.points().stream().mapToDouble(RiskPoint::threshold).max().orElse(1);
    plot.dashes(
        "target ε = " + Numbers.percent(risk.target()),
        Palette.MUTED,
        new Point(first, risk.target()),
        new Point(last, risk.target()));
    double top =
        Math.max(
            risk.target(),
            risk.points().stream().mapToDouble(RiskPoint::upperBound).max().orElse(0));
    plot.dashes(
        "chosen τ = " + Numbers.decimal(risk.chosenThreshold()),
        Palette.INK,
        new Point(risk.chosenThreshold(), 0),
        new Point(risk.chosenThreshold(), top));
  }

  private static List<Point> points(RiskCurve risk, boolean bound) {
    return risk.points().stream()
        .map(p -> new Point(p.threshold(), bound ? p.upperBound() : p.disagreement()))
        .toList();
  }

  private static HtmlTable table(RiskCurve risk) {
    HtmlTable table =
        new HtmlTable(
            "Risk at every threshold",
            List.of("Threshold", "Risk", "Upper bound", "Compute", "Keeps to the target"));
    for (RiskPoint point : risk.points()) {
      table.row(
          Cell.decimal(point.threshold()),
          Cell.percent(point.disagreement()),
          Cell.percent(point.upperBound()),
          Cell.percent(point.compute()),
          Cell.text(point.upperBound() <= risk.target() ? "yes" : "no"));
    }
    return table;
  }
}
