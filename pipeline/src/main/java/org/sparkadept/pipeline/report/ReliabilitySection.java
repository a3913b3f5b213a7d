package org.sparkadept.pipeline.report;

import java.util.List;
import org.sparkadept.pipeline.report.html.Cell;
import org.sparkadept.pipeline.report.html.Figure;
import org.sparkadept.pipeline.report.html.HtmlReport;
import org.sparkadept.pipeline.report.html.HtmlTable;
import org.sparkadept.pipeline.report.html.Numbers;
import org.sparkadept.pipeline.report.html.Palette;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.BarPlot;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;

/** Whether answers given with probability p are right in a share p of the cases. */
final class ReliabilitySection {
  private ReliabilitySection() {}

  static void add(HtmlReport page, List<ConfidenceBin> bins) {
    page.section("Reliability");
    String caption =
        "Above: accuracy of the answers over their mean probability, bin by bin; on the dashed line"
            + " a probability is what it says, below it the model is too sure. Under it: how many"
            + " rows each bin holds.";
    List<ConfidenceBin> filled = bins.stream().filter(bin -> bin.rows() > 0).toList();
    if (filled.isEmpty()) {
      page.figure(Figure.absent("Nothing to draw: there are no rows."));
    } else {
      page.figure(diagram(filled).above(counts(bins), caption));
    }
    page.foldedTable("All bins", table(bins));
  }

  private static Figure diagram(List<ConfidenceBin> filled) {
    return new LinePlot(
            Axis.shares("Mean probability of the answer").between(-0.02, 1.06),
            Axis.shares("Accuracy").between(-0.02, 1.02))
        .line(
            "accuracy of a bin",
            filled.stream().map(bin -> new Point(bin.confidence(), bin.accuracy())).toList())
        .dashes("as sure as right", Palette.MUTED, new Point(0, 0), new Point(1, 1))
        .figure("Reliability diagram");
  }

  private static Figure counts(List<ConfidenceBin> bins) {
    return new BarPlot(bins.stream().map(ReliabilitySection::range).toList(), Axis.numbers("Rows"))
        .part(
            "rows of a bin",
            Palette.series(5),
            bins.stream().map(bin -> (double) bin.rows()).toList())
        .figure("Rows of each bin");
  }

  private static String range(ConfidenceBin bin) {
    return Numbers.tick(bin.from()) + "–" + Numbers.tick(bin.to());
  }

  private static HtmlTable table(List<ConfidenceBin> bins) {
    HtmlTable table =
        new HtmlTable(
            "Answers by probability",
            List.of("From", "To", "Rows", "Mean probability", "Accuracy", "Too sure by"));
    for (ConfidenceBin bin : bins) {
      table.row(
          Cell.decimal(bin.from()),
          Cell.decimal(bin.to()),
          Cell.count(bin.rows()),
          Cell.percent(bin.confidence()),
          Cell.percent(bin.accuracy()),
          Cell.derived(Numbers.percent(bin.confidence() - bin.accuracy())));
    }
    return table;
  }
}
