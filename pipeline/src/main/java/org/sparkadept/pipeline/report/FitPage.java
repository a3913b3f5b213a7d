package org.sparkadept.pipeline.report;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.sparkadept.pipeline.report.html.Cell;
import org.sparkadept.pipeline.report.html.HtmlReport;
import org.sparkadept.pipeline.report.html.HtmlTable;
import org.sparkadept.pipeline.report.html.Numbers;
import org.sparkadept.pipeline.report.html.Palette;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;

/** The page of {@code adept fit}. */
final class FitPage {
  private FitPage() {}

  static HtmlReport of(Fit fit) {
    HtmlReport page =
        new HtmlReport("Fit")
            .fact("Rows fitted on", Cell.count(fit.fittedRows()))
            .fact("Rows held out", Cell.count(fit.heldOutRows()))
            .fact("Classes", Cell.derived(Numbers.count(fit.labels().size())))
            .fact("Accuracy at full depth", Cell.percent(fit.fullDepthAccuracy()));
    RiskSection.facts(page, fit.risk());
    page.fact("Time", Cell.seconds(fit.seconds())).fact("Written to", fit.output());
    ProvenanceFacts.add(page, fit.provenance());
    heads(page, fit);
    FrontierSection.add(page, fit.frontier(), fit.fullDepthAccuracy());
    RiskSection.add(page, fit.risk());
    return page;
  }

  private static void heads(HtmlReport page, Fit fit) {
    page.section("Exit heads");
    LinePlot plot =
        new LinePlot(Axis.numbers("Layer"), Axis.shares("Share of the rows held out"))
            .line("accuracy", points(fit, FittedExit::headAccuracy))
            .line("agreement with full depth", points(fit, FittedExit::agreement));
    if (!fit.exits().isEmpty()) {
      plot.dashes(
          "accuracy at full depth",
          Palette.MUTED,
          new Point(fit.exits().get(0).layer(), fit.fullDepthAccuracy()),
          new Point(fit.exits().get(fit.exits().size() - 1).layer(), fit.fullDepthAccuracy()));
    }
    page.figure(plot.figure(exitCaption(fit)));
    page.table(table(fit));
  }

  private static String exitCaption(Fit fit) {
    String caption = "What the exit heads know, layer by layer";
    return fit.risk().tokenExit()
        ? caption + ". Tokens leave early here, so even the last one may differ from full depth."
        : caption + ".";
  }

  private static List<Point> points(Fit fit, ToDoubleFunction<FittedExit> share) {
    return fit.exits().stream().map(e -> new Point(e.layer(), share.applyAsDouble(e))).toList();
  }

  private static HtmlTable table(Fit fit) {
    HtmlTable table =
        new HtmlTable(
            "What was fitted at each layer, on the rows held out",
            List.of(
                "Layer",
                "Head's loss",
                "Head's accuracy",
                "Head agrees with full depth",
                "Mapper's error"));
    for (FittedExit exit : fit.exits()) {
      table.row(
          Cell.count(exit.layer()),
          Cell.fixed(exit.headLoss(), 4),
          Cell.percent(exit.headAccuracy()),
          Cell.percent(exit.agreement()),
          Cell.percent(exit.mapperError()));
    }
    return table;
  }
}
