package org.sparkadept.pipeline.report;

import org.sparkadept.pipeline.report.html.HtmlReport;

/** Where the numbers come from, in the table at the top of a page. */
final class ProvenanceFacts {
  private ProvenanceFacts() {}

  static void add(HtmlReport page, Provenance provenance) {
    page.fact("Model", provenance.model())
        .fact("Data", provenance.data())
        .fact("Started", provenance.started())
        .fact("spark-adept", provenance.version());
  }
}
