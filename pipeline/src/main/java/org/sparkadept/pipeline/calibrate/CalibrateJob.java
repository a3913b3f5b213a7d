package org.sparkadept.pipeline.calibrate;

import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.outcome.OutcomeJob;
import org.sparkadept.pipeline.outcome.OutcomeSums;
import org.sparkadept.pipeline.progress.ProgressPrinter;
import org.sparkadept.pipeline.report.data.Calibration;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.udfs.model.ModelLocation;

/** Chooses a new threshold for a fitted model by risk control, and writes it. */
public final class CalibrateJob {
  private final CalibrateSpec spec;
  private final CalibrationPlan plan;

  /**
   * Makes a job ready to run.
   *
   * @throws AdeptException if the model has nothing to calibrate, or the output exists
   */
  public CalibrateJob(CalibrateSpec spec) {
    this.spec = spec;
    plan = CalibrationPlan.of(spec.rows().conf(), spec.policy());
    CalibratedModel.check(model().path(), spec.output());
  }

  /** The model. */
  public ModelLocation model() {
    return plan.outcomes().model();
  }

  /**
   * Runs the job; the model is written only where a threshold keeps to the target.
   *
   * @param printer shows the progress
   * @return what was found
   * @throws AdeptException for what its user can mend, too few rows included; Spark's own
   *     exceptions otherwise
   */
  public Calibration run(SparkSession spark, Provenance provenance, ProgressPrinter printer) {
    long start = System.nanoTime();
    OutcomeSums sums = new OutcomeJob(spark, spec.rows(), plan.outcomes()).run(printer);
    Choice choice = RiskControl.choose(sums.outcomes(), plan.policy(), spec.target());
    String file =
        choice.found()
            ? CalibratedModel.write(model().path(), spec.output(), choice).toString()
            : "nothing: no threshold keeps to the target";
    return new Calibration(
        provenance,
        file,
        choice.outcomes().rows(),
        (System.nanoTime() - start) / 1e9,
        choice.curve(),
        choice.reliability());
  }
}
