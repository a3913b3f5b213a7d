package org.sparkadept.pipeline.ml.fit;

import org.apache.spark.sql.SparkSession;
import org.sparkadept.pipeline.job.InputReader;
import org.sparkadept.pipeline.job.InputSpec;
import org.sparkadept.pipeline.progress.ProgressListener;
import org.sparkadept.pipeline.progress.ProgressPrinter;

/** Reads a labelled table and fits ADEPT's parts on it. */
public final class FitJob {
  private FitJob() {}

  /**
   * Runs the job.
   *
   * @param input what is read
   * @param partitions as in {@link AdeptFit#run}
   * @param settings what is fitted
   * @param printer tells each step in a line, and shows the progress within it
   * @throws org.sparkadept.decoder.error.AdeptException for what its user can mend; Spark's own
   *     exceptions otherwise
   */
  public static FitResult run(
      SparkSession spark,
      InputSpec input,
      int partitions,
      FitSettings settings,
      ProgressPrinter printer) {
    return ProgressListener.watch(
        spark.sparkContext(),
        printer,
        listener ->
            new AdeptFit(
                    spark,
                    settings,
                    step -> {
                      listener.beginAnew();
                      printer.step("adept: " + step);
                    })
                .run(InputReader.open(spark, input), partitions));
  }
}
