package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import org.sparkadept.pipeline.ml.fit.FitResult;
import org.sparkadept.pipeline.report.data.Fit;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.pipeline.report.text.FitText;

/** What the commands that end with a fit print and write of it. */
final class FitOutput {
  private FitOutput() {}

  static void write(
      FitResult result,
      Provenance provenance,
      SparkOptions options,
      ReportOptions report,
      PrintWriter out) {
    Fit fitted = result.report(provenance);
    if (!options.quiet) {
      FitText.print(
          fitted, result.keptHeads(), result.choice().point(), options.terminal().columns(), out);
    }
    report.write(result.calibration(provenance), "calibration", out);
    report.write(fitted, "fit", out);
  }
}
