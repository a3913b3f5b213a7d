package org.sparkadept.pipeline.report.text;

import static org.sparkadept.pipeline.report.text.TerminalPrinter.percent;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.Predicate;
import org.sparkadept.pipeline.report.data.Abstention;
import org.sparkadept.pipeline.report.data.CoveragePoint;

/** The choice of a least score in a terminal. */
public final class AbstentionText {
  private AbstentionText() {}

  /**
   * Prints a choice.
   *
   * @param columns width of the terminal
   */
  public static void print(Abstention abstention, int columns, PrintWriter out) {
    TerminalPrinter printer = new TerminalPrinter(out, columns);
    printer.space();
    printer.value("rows", "%,d", abstention.rows());
    printer.value(
        "target",
        "precision of at least %s, with confidence %s",
        percent(abstention.target()),
        percent(abstention.confidence()));
    printer.value(
        "least score", "%s", abstention.hasChosen() ? abstention.chosenMinScore() : "none");
    printer.table(table(abstention.points(), abstention::chosen));
    printer.flush();
  }

  /**
   * The points as a table; of those that answer the same rows, the first, and the marked ones.
   *
   * @param marked which get a mark
   */
  static TextTable table(List<CoveragePoint> points, Predicate<CoveragePoint> marked) {
    TextTable table =
        new TextTable("score at least", "answered", "share", "precision", "lower bound", "chosen");
    long before = -1;
    for (CoveragePoint point : points) {
      if (point.answered() != before || marked.test(point)) {
        table.add(
            Double.toString(point.minScore()),
            Numbers.count(point.answered()),
            percent(point.coverage()),
            percent(point.precision()),
            percent(point.lowerBound()),
            marked.test(point) ? "◀" : "");
      }
      before = point.answered();
    }
    return table;
  }
}
