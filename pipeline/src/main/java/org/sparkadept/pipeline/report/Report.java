package org.sparkadept.pipeline.report;

import org.sparkadept.pipeline.report.html.HtmlReport;

/** What a job found, as plain data that become a page for people and JSON for programs. */
public sealed interface Report permits Evaluation, Calibration, Fit, Explanation {

  /** One word for what it is. */
  String kind();

  /** The page. */
  HtmlReport page();
}
