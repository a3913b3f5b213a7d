package org.sparkadept.pipeline.calibrate;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.pipeline.outcome.OutcomeJob;
import org.sparkadept.pipeline.outcome.OutcomeSpec;
import org.sparkadept.pipeline.outcome.OutcomeSums;
import org.sparkadept.pipeline.output.StagedModel;
import org.sparkadept.pipeline.progress.ProgressPrinter;
import org.sparkadept.pipeline.report.data.Calibration;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.udfs.model.ModelLocation;

/** Chooses a new threshold for a fitted model by risk control, and writes it. */
public final class CalibrateJob {
  private final OutcomeSpec rows;
  private final RiskTarget target;
  private final Path output;
  private final CalibrationPlan plan;

  /**
   * Makes a job ready to run.
   *
   * @param rows the rows to calibrate on
   * @param target the guarantee
   * @param policy the policy that gets a threshold; null for the model's own
   * @param output the model directory to write; the model's own to change it in place
   * @throws AdeptException if the model has nothing to calibrate, or the output exists
   */
  public CalibrateJob(OutcomeSpec rows, RiskTarget target, PolicyKind policy, Path output) {
    this.rows = rows;
    this.target = target;
    this.output = output;
    plan = CalibrationPlan.of(rows.conf(), policy);
    StagedModel.check(model().source(), output);
  }

  /** The model. */
  public ModelLocation model() {
    return plan.outcomes().model();
  }

  /**
   * Runs the job; the model is written only where a threshold keeps to the target.
   *
   * @param printer shows the progress
   * @return the report
   * @throws AdeptException for what its user can correct, too few rows included; Spark's own
   *     exceptions otherwise
   */
  public Calibration run(SparkSession spark, Provenance provenance, ProgressPrinter printer) {
    long start = System.nanoTime();
    OutcomeSums sums = new OutcomeJob(spark, rows, plan.outcomes()).run(printer);
    Choice choice = RiskControl.choose(sums.outcomes(), plan.policy(), target);
    String file =
        choice.found()
            ? write(choice).resolve(AdeptFormat.JSON_FILE).toString()
            : "nothing: no threshold meets the target";
    return choice.report(provenance, file, (System.nanoTime() - start) / 1e9);
  }

  /** Writes the model with another policy in its {@code adept.json}; all else stays. */
  private Path write(Choice choice) {
    List<String> files = List.of(AdeptFormat.JSON_FILE);
    try (StagedModel staged = StagedModel.create(model().source(), output, files)) {
      Path draft = staged.draft();
      AdeptWriter.recalibrate(
          model().path().resolve(AdeptFormat.JSON_FILE),
          draft.resolve(AdeptFormat.JSON_FILE),
          choice.policy(),
          choice.threshold(),
          choice.tokens(),
          choice.figures());
      return staged.publish(draft);
    }
  }
}
