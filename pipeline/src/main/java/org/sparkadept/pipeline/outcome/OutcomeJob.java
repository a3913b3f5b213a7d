package org.sparkadept.pipeline.outcome;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.pipeline.job.InputReader;
import org.sparkadept.pipeline.progress.ProgressListener;
import org.sparkadept.pipeline.progress.ProgressPrinter;
import org.sparkadept.pipeline.progress.RowCounter;
import org.sparkadept.pipeline.report.data.InputCounts;
import org.sparkadept.pipeline.table.TextsAndLabels;
import org.sparkadept.udfs.table.NamedColumn;

/** Reads labelled rows and takes them through a model. */
public final class OutcomeJob {
  private final SparkSession spark;
  private final OutcomeSpec spec;
  private final OutcomePlan plan;

  /** Makes a job ready to run. */
  public OutcomeJob(SparkSession spark, OutcomeSpec spec, OutcomePlan plan) {
    this.spark = spark;
    this.spec = spec;
    this.plan = plan;
  }

  /**
   * Runs the job.
   *
   * @param printer shows the progress
   * @return the sums over all rows, of which there is at least one
   * @throws AdeptException for what its user can correct; Spark's own exceptions otherwise
   */
  public OutcomeSums run(ProgressPrinter printer) {
    Prompt prompt = ModelDirectory.promptOf(plan.model().path());
    Dataset<Row> rows =
        TextsAndLabels.of(
            InputReader.open(spark, spec.input(), spec.partitions()),
            spec.input().text(prompt == null ? List.of() : prompt.columns()),
            new NamedColumn(spec.labelColumn(), "--label-column"),
            plan.rule().isMultiLabel());
    if (spec.unknownLabels() == OutcomeSpec.UnknownLabels.ERROR) {
      TextsAndLabels.requireKnown(rows, plan.labels());
    }
    RowCounter counter = RowCounter.register(spark.sparkContext());
    OutcomeSums sums =
        ProgressListener.watch(
            spark.sparkContext(),
            printer,
            listener -> OutcomePass.over(rows, plan, spec.conf().scoringOptions(), counter));
    if (sums.counts().scored() == 0) {
      throw nothingToMeasure(sums.counts().counts());
    }
    return sums;
  }

  private AdeptException nothingToMeasure(InputCounts counts) {
    return new AdeptException(
        "There is nothing to measure: "
            + spec.input().describe()
            + " has no row with a text that can be scored and a label (rows "
            + counts.rows()
            + ", without a label "
            + counts.nullLabels()
            + ", without a text "
            + counts.nullTexts()
            + ", not scored "
            + counts.errors()
            + (counts.errors() > 0 ? ": " + counts.errorExamples().get(0) : "")
            + ").");
  }
}
