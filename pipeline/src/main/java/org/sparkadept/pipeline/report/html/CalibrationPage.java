package org.sparkadept.pipeline.report.html;

import org.sparkadept.pipeline.report.data.Calibration;

/** The page of {@code adept calibrate}. */
final class CalibrationPage {
  private CalibrationPage() {}

  static HtmlReport of(Calibration calibration) {
    return Sections.riskFacts(calibration.risk(), new HtmlReport("Calibration"))
        .fact("Rows", Cell.count(calibration.rows()))
        .fact("Time", Cell.seconds(calibration.seconds()))
        .fact("Written to", calibration.output())
        .provenance(calibration.provenance())
        .with(Sections.risk(calibration.risk()), Sections.reliability(calibration.reliability()));
  }
}
