package org.sparkadept.pipeline.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.pipeline.report.html.Cell;
import org.sparkadept.pipeline.report.html.HtmlReport;
import org.sparkadept.pipeline.report.html.HtmlTable;
import org.sparkadept.pipeline.report.html.Palette;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;

/** Accuracy against compute, for every policy over its thresholds. */
final class FrontierSection {
  /** Where savings span more than a factor of this, equal steps show equal ratios. */
  private static final double WIDE_RANGE = 4;

  private FrontierSection() {}

  static void add(HtmlReport page, List<FrontierPoint> points, double fullDepthAccuracy) {
    page.section("Accuracy and compute");
    Axis compute = Axis.shares("Compute (share of full depth)");
    double least = points.stream().mapToDouble(FrontierPoint::compute).min().orElse(1);
    if (least > 0 && least * WIDE_RANGE < 1) {
      compute = compute.withRatios();
    }
    LinePlot plot = new LinePlot(compute, Axis.shares("Accuracy"));
    byPolicy(points).forEach((policy, line) -> plot.line(policy, points(line)));
    plot.point("full depth", Palette.INK, new Point(1, fullDepthAccuracy));
    page.figure(
        plot.figure(
            "Accuracy over the compute that is left, for each exit policy at its thresholds."
                + " Further up and further left is better; the diamond is the model without early"
                + " exits."));
    page.foldedTable("All points", table(points));
  }

  private static Map<String, List<FrontierPoint>> byPolicy(List<FrontierPoint> points) {
    Map<String, List<FrontierPoint>> lines = new LinkedHashMap<>();
    for (FrontierPoint point : points) {
      lines.computeIfAbsent(point.policy(), policy -> new ArrayList<>()).add(point);
    }
    lines.values().forEach(l -> l.sort(Comparator.comparingDouble(FrontierPoint::compute)));
    return lines;
  }

  private static List<Point> points(List<FrontierPoint> line) {
    return line.stream().map(point -> new Point(point.compute(), point.accuracy())).toList();
  }

  private static HtmlTable table(List<FrontierPoint> points) {
    HtmlTable table =
        new HtmlTable(
            "Every policy at every threshold",
            List.of("Policy", "Threshold", "Compute", "Accuracy", "Agreement", "Mean exit layer"));
    for (FrontierPoint point : points) {
      table.row(
          Cell.text(point.policy()),
          Cell.decimal(point.threshold()),
          Cell.percent(point.compute()),
          Cell.percent(point.accuracy()),
          Cell.percent(point.agreement()),
          Cell.fixed(point.meanExitLayer(), 2));
    }
    return table;
  }
}
