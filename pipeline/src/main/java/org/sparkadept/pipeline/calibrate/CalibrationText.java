package org.sparkadept.pipeline.calibrate;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.sparkadept.pipeline.report.Calibration;
import org.sparkadept.pipeline.report.FactLines;
import org.sparkadept.pipeline.report.RiskCurve;
import org.sparkadept.pipeline.report.RiskPoint;
import org.sparkadept.pipeline.report.TextTable;

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
    out.println();
    FactLines.print(out, "rows", String.format(Locale.ROOT, "%,d", calibration.rows()));
    FactLines.print(
        out,
        "target",
        String.format(
            Locale.ROOT,
            "%s of at most %s, with confidence %s",
            risk.measure(),
            FactLines.percent(risk.target()),
            FactLines.percent(risk.confidence())));
    FactLines.print(out, "policy", risk.policy());
    FactLines.print(out, "token exit", risk.tokenExit() ? "on" : "off");
    FactLines.print(
        out,
        "threshold τ",
        Double.isNaN(risk.chosenThreshold()) ? "none" : String.valueOf(risk.chosenThreshold()));
    out.println();
    TextTable table =
        new TextTable("threshold τ", risk.measure(), "upper bound", "compute", "chosen");
    List<RiskPoint> points = risk.points();
    int step = Math.max(1, points.size() / SHOWN);
    for (int i = points.size() - 1; i >= 0; i--) {
      RiskPoint point = points.get(i);
      boolean chosen = point.threshold() == risk.chosenThreshold();
      if (chosen || (points.size() - 1 - i) % step == 0) {
        table.add(
            Double.toString(point.threshold()),
            FactLines.percent(point.disagreement()),
            FactLines.percent(point.upperBound()),
            FactLines.percent(point.compute()),
            chosen ? "◀" : "");
      }
    }
    table.lines(columns).forEach(out::println);
    out.flush();
  }
}
