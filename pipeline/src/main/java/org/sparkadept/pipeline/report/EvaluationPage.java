package org.sparkadept.pipeline.report;

import org.sparkadept.pipeline.report.html.Cell;
import org.sparkadept.pipeline.report.html.HtmlReport;
import org.sparkadept.pipeline.report.html.Numbers;

/** The page of {@code adept evaluate}. */
final class EvaluationPage {
  private EvaluationPage() {}

  static HtmlReport of(Evaluation evaluation) {
    HtmlReport page =
        new HtmlReport("Evaluation")
            .fact("Rows", Cell.count(evaluation.rows()))
            .fact("Classes", Cell.derived(Numbers.count(evaluation.labels().size())))
            .fact("Accuracy", Cell.percent(evaluation.accuracy()))
            .fact("Accuracy at full depth", Cell.percent(evaluation.fullDepthAccuracy()))
            .fact("Agreement with full depth", Cell.percent(evaluation.agreement()))
            .fact("Compute, of full depth", Cell.percent(evaluation.compute()))
            .fact("Time", Cell.seconds(evaluation.seconds()))
            .fact("Time at full depth", Cell.seconds(evaluation.fullDepthSeconds()))
            .fact(
                "Faster by a factor of",
                Cell.derived(
                    Numbers.fixed(evaluation.fullDepthSeconds() / evaluation.seconds(), 2)))
            .fact("Policy", evaluation.policy())
            .fact("Threshold τ", Cell.decimal(evaluation.threshold()))
            .fact("Rows without a label, passed over", Cell.count(evaluation.input().nullLabels()))
            .fact("Rows without a text, passed over", Cell.count(evaluation.input().nullTexts()))
            .fact(
                "Rows with an unknown label, counted as wrong",
                Cell.count(evaluation.input().unknownLabels()))
            .fact("Rows that could not be scored", Cell.count(evaluation.input().errors()))
            .fact("Rows scored on their beginning", Cell.count(evaluation.input().truncated()));
    ProvenanceFacts.add(page, evaluation.provenance());
    FrontierSection.add(page, evaluation.frontier(), evaluation.fullDepthAccuracy());
    ExitSection.add(page, evaluation);
    ReliabilitySection.add(page, evaluation.reliability());
    ConfusionSection.add(page, evaluation);
    return page;
  }
}
