package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.h2;
import static j2html.TagCreator.iff;
import static j2html.TagCreator.p;
import static j2html.TagCreator.section;

import j2html.tags.DomContent;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.sparkadept.pipeline.report.data.RiskCurve;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.Figure;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;
import org.sparkadept.pipeline.report.plot.Palette;
import org.sparkadept.pipeline.report.text.Numbers;

/** How often early exits change the answer, and the threshold that keeps that below a target. */
final class RiskSection {
  private RiskSection() {}

  /** Adds the curve's facts to the table at the top of a page. */
  static HtmlReport facts(RiskCurve risk, HtmlReport page) {
    return page.fact("Policy", risk.policy())
        .fact("Token exit", risk.tokenExit() ? "on" : "off")
        .fact("Chosen threshold τ", Cell.decimal(risk.chosenThreshold()))
        .fact("Target ε: " + risk.measure() + " of at most", Cell.percent(risk.target()))
        .fact("Confidence 1 − δ", Cell.percent(risk.confidence()));
  }

  static DomContent of(RiskCurve risk) {
    return section(
        h2("Risk of early exits"),
        iff(
            !risk.hasChosen(),
            p(
                "No threshold keeps the upper bound below the target: give more rows to calibrate"
                    + " on, or allow more of it.")),
        Elements.plot(figure(risk)),
        Elements.folded("All thresholds", table(risk)));
  }

  private static Figure figure(RiskCurve risk) {
    LinePlot plot = new LinePlot(Axis.numbers("Threshold τ"), Axis.shares("Share of rows"));
    plot.line(
        "upper bound at " + Numbers.percent(risk.boundConfidence()),
        points(risk, RiskCurve.Point::upperBound));
    plot.line(risk.measure() + " on the rows", points(risk, RiskCurve.Point::disagreement));
    if (!plot.isEmpty()) {
      addLimits(plot, risk);
    }
    return plot.figure(
        "Share of rows with "
            + risk.measure()
            + ", compared with full depth, over the threshold, with its upper confidence bound."
            + " The chosen threshold is the least that is reached from above without the bound"
            + " leaving the target.");
  }

  /** The target across the plot, the chosen threshold from its bottom to its top. */
  private static void addLimits(LinePlot plot, RiskCurve risk) {
    List<Point> bounds = points(risk, RiskCurve.Point::upperBound);
    double first = bounds.stream().mapToDouble(Point::x).min().orElse(0);
    double last = bounds.stream().mapToDouble(Point::x).max().orElse(1);
    double top = Math.max(risk.target(), bounds.stream().mapToDouble(Point::y).max().orElse(0));
    plot.dashes(
        "target ε = " + Numbers.percent(risk.target()),
        Palette.MUTED,
        new Point(first, risk.target()),
        new Point(last, risk.target()));
    plot.dashes(
        "chosen τ = " + Numbers.decimal(risk.chosenThreshold()),
        Palette.INK,
        new Point(risk.chosenThreshold(), 0),
        new Point(risk.chosenThreshold(), top));
  }

  private static List<Point> points(RiskCurve risk, ToDoubleFunction<RiskCurve.Point> share) {
    return risk.points().stream()
        .map(point -> new Point(point.threshold(), share.applyAsDouble(point)))
        .toList();
  }

  private static DomContent table(RiskCurve risk) {
    return Elements.dataTable(
        "Risk at every threshold",
        List.of("Threshold", "Risk", "Upper bound", "Compute", "Keeps to the target"),
        risk.points(),
        point ->
            List.of(
                Cell.decimal(point.threshold()),
                Cell.percent(point.disagreement()),
                Cell.percent(point.upperBound()),
                Cell.percent(point.compute()),
                Cell.text(risk.keepsTarget(point) ? "yes" : "no")));
  }
}
