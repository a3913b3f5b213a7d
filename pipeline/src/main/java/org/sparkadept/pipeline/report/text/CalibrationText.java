package org.sparkadept.pipeline.report.text;

import static org.sparkadept.pipeline.report.text.TerminalPrinter.percent;

import java.io.PrintWriter;
import java.util.List;
import org.sparkadept.pipeline.report.data.Calibration;
import org.sparkadept.pipeline.report.data.RiskCurve;

/** A calibration in a terminal. */
public final class CalibrationText {
  private static final int SHOWN = 12;

  private CalibrationText() {}

  /**
   * Prints a calibration.
   *
   * @param columns width of the terminal
   */
  public static void print(Calibration calibration, int columns, PrintWriter out) {
    RiskCurve risk = calibration.risk();
    TerminalPrinter printer = new TerminalPrinter(out, columns);
    printer.space();
    printer.value("rows", "%,d", calibration.rows());
    printer.value(
        "target",
        "%s of at most %s, with confidence %s",
        risk.measure(),
        percent(risk.target()),
        percent(risk.confidence()));
    printer.value("policy", "%s", risk.policy());
    printer.value("token exit", risk.tokenExit() ? "on" : "off");
    printer.value("threshold τ", "%s", risk.hasChosen() ? risk.chosenThreshold() : "none");
    printer.table(points(risk));
    printer.flush();
  }

  /** Some of the points, from the largest threshold down, the chosen one among them. */
  private static TextTable points(RiskCurve risk) {
    TextTable table =
        new TextTable("threshold τ", risk.measure(), "upper bound", "compute", "chosen");
    List<RiskCurve.Point> points = risk.points();
    int last = points.size() - 1;
    int step = Math.max(1, points.size() / SHOWN);
    for (int i = last; i >= 0; i--) {
      RiskCurve.Point point = points.get(i);
      if (risk.chosen(point) || (last - i) % step == 0) {
        table.add(
            Double.toString(point.threshold()),
            percent(point.disagreement()),
            percent(point.upperBound()),
            percent(point.compute()),
            risk.chosen(point) ? "◀" : "");
      }
    }
    return table;
  }
}
