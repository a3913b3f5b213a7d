package org.sparkadept.pipeline.calibrate;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.job.ModelPath;
import org.sparkadept.pipeline.outcome.Coverage;
import org.sparkadept.pipeline.outcome.OutcomeJob;
import org.sparkadept.pipeline.outcome.OutcomePlan;
import org.sparkadept.pipeline.outcome.OutcomeSpec;
import org.sparkadept.pipeline.output.StagedModel;
import org.sparkadept.pipeline.progress.ProgressPrinter;
import org.sparkadept.pipeline.report.data.Abstention;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * Chooses the least score of an answer for a fitted model, at its own exit policy and threshold, so
 * that the answers that are given keep to a precision; and writes it.
 */
public final class PrecisionJob {
  private final OutcomeSpec rows;
  private final PrecisionTarget target;
  private final Path output;
  private final OutcomePlan plan;

  /**
   * Makes a job ready to run.
   *
   * @param rows the rows to calibrate on
   * @param target the guarantee
   * @param output the model directory to write; the model's own to change it in place
   * @throws AdeptException if the model has not been fitted, or the output exists
   */
  public PrecisionJob(OutcomeSpec rows, PrecisionTarget target, Path output) {
    this.rows = rows;
    this.target = target;
    this.output = output;
    plan = plan(rows);
    StagedModel.check(plan.model().source(), output);
  }

  private static OutcomePlan plan(OutcomeSpec rows) {
    ModelLocation model = ModelPath.location(rows.conf());
    try (ModelDirectory directory = ModelDirectory.open(model.source())) {
      AdeptParts parts =
          directory
              .adept()
              .orElseThrow(
                  () ->
                      new AdeptException(
                          model
                              + " has no adept.json to write the score to; fit the model first, or"
                              + " classify with --min-score."));
      if (parts.rule().isMultiLabel()) {
        throw new AdeptException(
            model
                + " is multi-label: each label has a threshold of its own (label_thresholds in"
                + " adept.json), and no least score.");
      }
      ClassifierOptions answering = rows.conf().classifierOptions().withMinScore(0);
      return new OutcomePlan(
          model,
          rows.conf().computeOptions(),
          new ArrayList<>(parts.labels()),
          parts.rule(),
          parts.exitLayers(),
          new OutcomePlan.Answers(answering, answering),
          new ArrayList<>(),
          new ArrayList<>(),
          false);
    }
  }

  /** The model. */
  public ModelLocation model() {
    return plan.model();
  }

  /**
   * Runs the job; the model is written only where a score keeps to the target.
   *
   * @param printer shows the progress
   * @return the report
   * @throws AdeptException for what its user can correct, too few rows included; Spark's own
   *     exceptions otherwise
   */
  public Abstention run(SparkSession spark, Provenance provenance, ProgressPrinter printer) {
    long start = System.nanoTime();
    Coverage coverage = new OutcomeJob(spark, rows, plan).run(printer).answers().coverage();
    int chosen = target.choose(coverage);
    String file =
        chosen < 0
            ? "nothing: no score meets the target"
            : write(coverage, chosen).resolve(AdeptFormat.JSON_FILE).toString();
    return new Abstention(
        provenance,
        file,
        coverage.answered(0),
        (System.nanoTime() - start) / 1e9,
        target.precision(),
        1 - target.delta(),
        1 - target.level(coverage),
        chosen < 0 ? Double.NaN : coverage.shownBound(chosen),
        PrecisionTarget.points(coverage, target.level(coverage)));
  }

  /** Writes the model with another least score in its {@code adept.json}; all else stays. */
  private Path write(Coverage coverage, int chosen) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("target", "minPrecision");
    figures.put("precision", target.precision());
    figures.put("delta", target.delta());
    figures.put("rows", coverage.answered(0));
    figures.put("answered", coverage.answered(chosen));
    figures.put("right", coverage.right(chosen));
    Path model = model().path();
    List<String> files = List.of(AdeptFormat.JSON_FILE);
    try (StagedModel staged = StagedModel.create(model().source(), output, files)) {
      Path draft = staged.draft();
      AdeptWriter.abstain(
          model.resolve(AdeptFormat.JSON_FILE),
          draft.resolve(AdeptFormat.JSON_FILE),
          coverage.bound(chosen),
          figures);
      return staged.publish(draft);
    }
  }
}
