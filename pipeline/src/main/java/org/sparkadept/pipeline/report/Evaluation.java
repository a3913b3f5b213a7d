package org.sparkadept.pipeline.report;

import java.util.List;
import org.sparkadept.pipeline.report.html.HtmlReport;

/**
 * What {@code adept evaluate} found on rows with known labels.
 *
 * @param provenance where the numbers come from
 * @param input what became of the rows of the input
 * @param policy the policy in use
 * @param threshold its τ
 * @param rows that were scored
 * @param labels the classes
 * @param accuracy share of rows with the true label
 * @param agreement share of rows with full depth's label
 * @param compute FLOPs as a share of full depth's
 * @param seconds the scoring took
 * @param fullDepthAccuracy accuracy without early exits
 * @param fullDepthSeconds the scoring took without early exits
 * @param exits by layer
 * @param frontier points of every policy that was tried
 * @param reliability bins of the answers' probabilities
 * @param exitHistogramPerLabel rows by true label and exit, [labels][exits]
 * @param confusion rows by true label and answer, [labels][labels]
 */
public record Evaluation(
    Provenance provenance,
    InputCounts input,
    String policy,
    double threshold,
    long rows,
    List<String> labels,
    double accuracy,
    double agreement,
    double compute,
    double seconds,
    double fullDepthAccuracy,
    double fullDepthSeconds,
    List<ExitRow> exits,
    List<FrontierPoint> frontier,
    List<ConfidenceBin> reliability,
    long[][] exitHistogramPerLabel,
    long[][] confusion)
    implements Report {

  /**
   * Copies lists and tables.
   *
   * @throws IllegalArgumentException if the tables do not fit the labels and exits
   */
  public Evaluation {
    labels = List.copyOf(labels);
    exits = List.copyOf(exits);
    frontier = List.copyOf(frontier);
    reliability = List.copyOf(reliability);
    exitHistogramPerLabel =
        CountTable.copy(
            "exitHistogramPerLabel", exitHistogramPerLabel, labels.size(), exits.size());
    confusion = CountTable.copy("confusion", confusion, labels.size(), labels.size());
  }

  @Override
  public String kind() {
    return "evaluation";
  }

  @Override
  public HtmlReport page() {
    return EvaluationPage.of(this);
  }
}
