package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.h2;
import static j2html.TagCreator.iff;
import static j2html.TagCreator.p;
import static j2html.TagCreator.section;

import j2html.tags.DomContent;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.sparkadept.pipeline.report.data.ConfidenceBin;
import org.sparkadept.pipeline.report.data.CoveragePoint;
import org.sparkadept.pipeline.report.data.FrontierPoint;
import org.sparkadept.pipeline.report.data.RiskCurve;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.BarPlot;
import org.sparkadept.pipeline.report.plot.Figure;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;
import org.sparkadept.pipeline.report.plot.Palette;
import org.sparkadept.pipeline.report.text.Numbers;

/** Sections that several pages have. */
final class Sections {
  /** Where compute differs by more than this factor, equal steps show equal ratios. */
  private static final double WIDE_RANGE = 4;

  private Sections() {}

  /** Accuracy against compute, for every policy over its thresholds. */
  static DomContent frontier(List<FrontierPoint> points, double fullDepthAccuracy) {
    return section(
        h2("Accuracy and compute"),
        Elements.plot(frontierPlot(points, fullDepthAccuracy)),
        Elements.folded("All points", frontierTable(points)));
  }

  private static Figure frontierPlot(List<FrontierPoint> points, double fullDepthAccuracy) {
    Axis compute = Axis.shares("Compute (share of full depth)");
    double least = points.stream().mapToDouble(FrontierPoint::compute).min().orElse(1);
    if (least > 0 && least * WIDE_RANGE < 1) {
      compute = compute.withRatios();
    }
    LinePlot plot = new LinePlot(compute, Axis.shares("Accuracy"));
    FrontierPoint.byPolicy(points).forEach((policy, line) -> plot.line(policy, frontierLine(line)));
    plot.point("full depth", Palette.INK, new Point(1, fullDepthAccuracy));
    return plot.figure(
        "Accuracy over compute, for each exit policy at its thresholds. Higher and"
            + " further left is better; the cross is the model without early exits.");
  }

  private static List<Point> frontierLine(List<FrontierPoint> line) {
    return line.stream().map(point -> new Point(point.compute(), point.accuracy())).toList();
  }

  private static DomContent frontierTable(List<FrontierPoint> points) {
    return Elements.dataTable(
        "Every policy at every threshold",
        List.of("Policy", "Threshold", "Compute", "Accuracy", "Agreement", "Mean exit layer"),
        points,
        point ->
            List.of(
                Cell.text(point.policy()),
                Cell.decimal(point.threshold()),
                Cell.percent(point.compute()),
                Cell.percent(point.accuracy()),
                Cell.percent(point.agreement()),
                Cell.fixed(point.meanExitLayer(), 2)));
  }

  /** Whether answers given with probability p are right in a share p of the cases. */
  static DomContent reliability(List<ConfidenceBin> bins) {
    return section(
        h2("Reliability"),
        Elements.plot(reliabilityPlot(bins)),
        Elements.folded("All bins", reliabilityTable(bins)));
  }

  private static Figure reliabilityPlot(List<ConfidenceBin> bins) {
    List<ConfidenceBin> filled = bins.stream().filter(bin -> bin.rows() > 0).toList();
    if (filled.isEmpty()) {
      return Figure.absent("Nothing to draw: there are no rows.");
    }
    return reliabilityDiagram(filled)
        .above(
            binCounts(bins),
            "Above: accuracy over mean probability, bin by bin; on the dashed line"
                + " accuracy equals probability; below it the model is overconfident. Below:"
                + " number of rows in each bin.");
  }

  private static Figure reliabilityDiagram(List<ConfidenceBin> filled) {
    return new LinePlot(
            Axis.shares("Mean probability of the label").between(-0.02, 1.06),
            Axis.shares("Accuracy").between(-0.02, 1.02))
        .line(
            "accuracy of a bin",
            filled.stream().map(bin -> new Point(bin.confidence(), bin.accuracy())).toList())
        .dashes("perfect calibration", Palette.MUTED, new Point(0, 0), new Point(1, 1))
        .figure("Reliability diagram");
  }

  private static Figure binCounts(List<ConfidenceBin> bins) {
    return new BarPlot(bins.stream().map(Sections::binRange).toList(), Axis.numbers("Rows"))
        .part(
            "rows of a bin",
            Palette.series(5),
            bins.stream().map(bin -> (double) bin.rows()).toList())
        .figure("Rows of each bin");
  }

  private static String binRange(ConfidenceBin bin) {
    return Numbers.tick(bin.from()) + "–" + Numbers.tick(bin.to());
  }

  private static DomContent reliabilityTable(List<ConfidenceBin> bins) {
    return Elements.dataTable(
        "Results by probability",
        List.of("From", "To", "Labels", "Mean probability", "Accuracy", "Overconfidence"),
        bins,
        bin ->
            List.of(
                Cell.decimal(bin.from()),
                Cell.decimal(bin.to()),
                Cell.count(bin.rows()),
                Cell.percent(bin.confidence()),
                Cell.percent(bin.accuracy()),
                Cell.derived(Numbers.percent(bin.overconfidence()))));
  }

  /**
   * The precision of the answers that are left where rows with a low score get none.
   *
   * @param confidence of each lower bound
   * @param minScore the least score in use; NaN for none
   */
  static DomContent coverage(List<CoveragePoint> points, double confidence, double minScore) {
    return section(
        h2("Precision and coverage"),
        Elements.plot(coveragePlot(points, confidence, minScore)),
        Elements.folded("All scores", coverageTable(points)));
  }

  private static Figure coveragePlot(
      List<CoveragePoint> points, double confidence, double minScore) {
    List<CoveragePoint> answered = points.stream().filter(point -> point.answered() > 0).toList();
    if (answered.isEmpty()) {
      return Figure.absent("Nothing to draw: there are no rows.");
    }
    LinePlot plot =
        new LinePlot(Axis.shares("Coverage (share of rows with an answer)"), Axis.shares("Share"));
    plot.line(
        "precision",
        answered.stream().map(point -> new Point(point.coverage(), point.precision())).toList());
    plot.line(
        "lower bound at " + Numbers.percent(confidence),
        answered.stream().map(point -> new Point(point.coverage(), point.lowerBound())).toList());
    answered.stream()
        .filter(point -> point.minScore() == minScore)
        .forEach(
            point ->
                plot.point(
                    "least score " + Numbers.decimal(minScore),
                    Palette.INK,
                    new Point(point.coverage(), point.precision())));
    return plot.figure(
        "Share of the answers that are right, over the share of the rows that get one: rows whose"
            + " score is below a bound get none. Each point is one bound; further left it is"
            + " higher.");
  }

  private static DomContent coverageTable(List<CoveragePoint> points) {
    return Elements.dataTable(
        "Answers at every least score",
        List.of("Score at least", "Answered", "Coverage", "Precision", "Lower bound"),
        points,
        point ->
            List.of(
                Cell.decimal(point.minScore()),
                Cell.count(point.answered()),
                Cell.percent(point.coverage()),
                Cell.percent(point.precision()),
                Cell.percent(point.lowerBound())));
  }

  /** Adds the curve's facts to the table at the top of a page. */
  static HtmlReport riskFacts(RiskCurve risk, HtmlReport page) {
    return page.fact("Policy", risk.policy())
        .fact("Token exit", risk.tokenExit() ? "on" : "off")
        .fact("Chosen threshold τ", Cell.decimal(risk.chosenThreshold()))
        .fact("Target ε: " + risk.measure() + " of at most", Cell.percent(risk.target()))
        .fact("Confidence 1 − δ", Cell.percent(risk.confidence()));
  }

  /** How often early exits change the answer, and the threshold that keeps that below a target. */
  static DomContent risk(RiskCurve risk) {
    return section(
        h2("Risk of early exits"),
        iff(
            !risk.hasChosen(),
            p(
                "No threshold keeps the upper bound below the target: add calibration"
                    + " rows, or weaken the guarantee.")),
        Elements.plot(riskPlot(risk)),
        Elements.folded("All thresholds", riskTable(risk)));
  }

  private static Figure riskPlot(RiskCurve risk) {
    LinePlot plot = new LinePlot(Axis.numbers("Threshold τ"), Axis.shares("Share of rows"));
    plot.line(
        "upper bound at " + Numbers.percent(risk.boundConfidence()),
        riskLine(risk, RiskCurve.Point::upperBound));
    plot.line(risk.measure() + " on the rows", riskLine(risk, RiskCurve.Point::disagreement));
    if (!plot.isEmpty()) {
      addRiskLimits(plot, risk);
    }
    return plot.figure(
        "Share of rows with "
            + risk.measure()
            + ", compared with full depth, over the threshold, with its upper confidence"
            + " bound. The chosen threshold is the lowest before the bound first exceeds"
            + " the target.");
  }

  /** The target across the plot, the chosen threshold from its bottom to its top. */
  private static void addRiskLimits(LinePlot plot, RiskCurve risk) {
    List<Point> bounds = riskLine(risk, RiskCurve.Point::upperBound);
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

  private static List<Point> riskLine(RiskCurve risk, ToDoubleFunction<RiskCurve.Point> share) {
    return risk.points().stream()
        .map(point -> new Point(point.threshold(), share.applyAsDouble(point)))
        .toList();
  }

  private static DomContent riskTable(RiskCurve risk) {
    return Elements.dataTable(
        "Risk at every threshold",
        List.of("Threshold", "Risk", "Upper bound", "Compute", "Meets the target"),
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
