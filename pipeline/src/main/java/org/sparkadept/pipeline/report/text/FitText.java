package org.sparkadept.pipeline.report.text;

import static org.sparkadept.pipeline.report.text.TerminalPrinter.percent;

import java.io.PrintWriter;
import java.util.Optional;
import org.sparkadept.pipeline.report.data.Fit;
import org.sparkadept.pipeline.report.data.FrontierPoint;

/** A fit in a terminal. */
public final class FitText {
  private FitText() {}

  /**
   * Prints a fit.
   *
   * @param keptHeads whether the exit heads are those that the directory had
   * @param chosen the policy at the chosen threshold; empty if no threshold keeps to the target
   * @param columns width of the terminal
   */
  public static void print(
      Fit fit, boolean keptHeads, Optional<FrontierPoint> chosen, int columns, PrintWriter out) {
    TerminalPrinter printer = new TerminalPrinter(out, columns);
    printer.space();
    printer.value("time", "%.0f s", fit.seconds());
    printer.value(
        "rows", "%,d for fitting, %,d for calibration", fit.fittedRows(), fit.heldOutRows());
    printer.value("exit heads", keptHeads ? "kept from the model" : "fitted");
    if (!fit.replacedLabels().isEmpty()) {
      printer.value("replaced", "heads for %d other labels", fit.replacedLabels().size());
    }
    printer.value("full depth", "layer %d of %d", fit.reference(), fit.checkpointLayers());
    if (chosen.isEmpty()) {
      printer.value("threshold τ", "none meets the guarantee; the model runs at full depth");
      return;
    }
    FrontierPoint point = chosen.get();
    printer.value("threshold τ", "%s", point.threshold());
    printer.value("token exit", fit.risk().tokenExit() ? "on" : "off");
    printer.value(
        "accuracy",
        fit.isMultiLabel()
            ? "%s of the rows have exactly the right labels, at full depth %s"
            : "%s, at full depth %s",
        percent(point.accuracy()),
        percent(fit.fullDepthAccuracy()));
    printer.value("agreement", "%s with full depth", percent(point.agreement()));
    printer.value("compute", "%s of full depth's FLOPs", percent(point.compute()));
  }
}
