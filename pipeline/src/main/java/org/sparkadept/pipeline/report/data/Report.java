package org.sparkadept.pipeline.report.data;

/** What a job found, as plain data. The record's components are the fields of the JSON file. */
public sealed interface Report
    permits Evaluation, Calibration, Abstention, Fit, Tuning, Explanation {

  /** One word for the kind of report; the field {@code report} of the JSON file. */
  String kind();
}
