package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.h2;
import static j2html.TagCreator.section;

import j2html.tags.DomContent;
import java.util.List;
import org.sparkadept.pipeline.report.data.FrontierPoint;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.Figure;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;
import org.sparkadept.pipeline.report.plot.Palette;

/** Accuracy against compute, for every policy over its thresholds. */
final class FrontierSection {
  /** Where compute differs by more than this factor, equal steps show equal ratios. */
  private static final double WIDE_RANGE = 4;

  private FrontierSection() {}

  static DomContent of(List<FrontierPoint> points, double fullDepthAccuracy) {
    return section(
        h2("Accuracy and compute"),
        Elements.plot(figure(points, fullDepthAccuracy)),
        Elements.folded("All points", table(points)));
  }

  private static Figure figure(List<FrontierPoint> points, double fullDepthAccuracy) {
    Axis compute = Axis.shares("Compute (share of full depth)");
    double least = points.stream().mapToDouble(FrontierPoint::compute).min().orElse(1);
    if (least > 0 && least * WIDE_RANGE < 1) {
      compute = compute.withRatios();
    }
    LinePlot plot = new LinePlot(compute, Axis.shares("Accuracy"));
    FrontierPoint.byPolicy(points).forEach((policy, line) -> plot.line(policy, points(line)));
    plot.point("full depth", Palette.INK, new Point(1, fullDepthAccuracy));
    return plot.figure(
        "Accuracy over the compute that is left, for each exit policy at its thresholds."
            + " Further up and further left is better; the diamond is the model without early"
            + " exits.");
  }

  private static List<Point> points(List<FrontierPoint> line) {
    return line.stream().map(point -> new Point(point.compute(), point.accuracy())).toList();
  }

  private static DomContent table(List<FrontierPoint> points) {
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
}
