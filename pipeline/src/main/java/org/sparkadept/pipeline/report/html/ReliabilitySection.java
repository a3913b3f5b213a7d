package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.h2;
import static j2html.TagCreator.section;

import j2html.tags.DomContent;
import java.util.List;
import org.sparkadept.pipeline.report.data.ConfidenceBin;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.BarPlot;
import org.sparkadept.pipeline.report.plot.Figure;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;
import org.sparkadept.pipeline.report.plot.Palette;
import org.sparkadept.pipeline.report.text.Numbers;

/** Whether answers given with probability p are right in a share p of the cases. */
final class ReliabilitySection {
  private ReliabilitySection() {}

  static DomContent of(List<ConfidenceBin> bins) {
    return section(
        h2("Reliability"), Elements.plot(figure(bins)), Elements.folded("All bins", table(bins)));
  }

  private static Figure figure(List<ConfidenceBin> bins) {
    List<ConfidenceBin> filled = bins.stream().filter(bin -> bin.rows() > 0).toList();
    if (filled.isEmpty()) {
      return Figure.absent("Nothing to draw: there are no rows.");
    }
    return diagram(filled)
        .above(
            counts(bins),
            "Above: accuracy of the answers over their mean probability, bin by bin; on the dashed"
                + " line a probability is what it says, below it the model is too sure. Under it:"
                + " how many rows each bin holds.");
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

  private static DomContent table(List<ConfidenceBin> bins) {
    return Elements.dataTable(
        "Answers by probability",
        List.of("From", "To", "Rows", "Mean probability", "Accuracy", "Too sure by"),
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
}
