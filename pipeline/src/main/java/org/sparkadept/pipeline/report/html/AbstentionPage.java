package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.iff;
import static j2html.TagCreator.p;

import org.sparkadept.pipeline.report.data.Abstention;

/** The page of {@code adept calibrate --min-precision}. */
final class AbstentionPage {
  private AbstentionPage() {}

  static HtmlReport of(Abstention abstention) {
    return new HtmlReport("Least score of an answer")
        .fact("Chosen least score", Cell.decimal(abstention.chosenMinScore()))
        .fact("Target: precision of at least", Cell.percent(abstention.target()))
        .fact("Confidence 1 − δ", Cell.percent(abstention.confidence()))
        .fact("Rows", Cell.count(abstention.rows()))
        .fact("Time", Cell.seconds(abstention.seconds()))
        .fact("Written to", abstention.output())
        .provenance(abstention.provenance())
        .with(
            iff(
                !abstention.hasChosen(),
                p(
                    "No least score keeps the lower bound above the target: add calibration rows,"
                        + " or weaken the guarantee.")),
            Sections.coverage(
                abstention.points(), abstention.boundConfidence(), abstention.chosenMinScore()));
  }
}
