package org.sparkadept.pipeline.report;

import org.sparkadept.pipeline.report.html.Cell;
import org.sparkadept.pipeline.report.html.HtmlReport;

/** The page of {@code adept calibrate}. */
final class CalibrationPage {
  private CalibrationPage() {}

  static HtmlReport of(Calibration calibration) {
    HtmlReport page = new HtmlReport("Calibration");
    RiskSection.facts(page, calibration.risk());
    page.fact("Rows", Cell.count(calibration.rows()))
        .fact("Time", Cell.seconds(calibration.seconds()))
        .fact("Written to", calibration.output());
    ProvenanceFacts.add(page, calibration.provenance());
    RiskSection.add(page, calibration.risk());
    ReliabilitySection.add(page, calibration.reliability());
    return page;
  }
}
