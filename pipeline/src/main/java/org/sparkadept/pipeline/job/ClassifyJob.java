package org.sparkadept.pipeline.job;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.Aside;
import org.sparkadept.pipeline.output.ExistingOutput;
import org.sparkadept.pipeline.output.OutputMode;
import org.sparkadept.pipeline.output.ResultWriter;
import org.sparkadept.pipeline.progress.ProgressListener;
import org.sparkadept.pipeline.progress.ProgressPrinter;
import org.sparkadept.pipeline.report.data.JobResult;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.classify.ClassifyFunction;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.table.ArrowScoring;
import org.sparkadept.udfs.table.InputColumns;
import org.sparkadept.udfs.table.TextColumns;

/** Reads a table, classifies its rows, writes them with their answers. Runs once. */
public final class ClassifyJob {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss");
  private static final int RANDOM_DIGITS = 8;

  private final SparkSession spark;
  private final ClassifySpec spec;
  private final ScoringAccumulator totals;
  private final long start = System.nanoTime();
  private final ClassifyFunction function;
  private final TextColumns text;
  private final String run = runName();
  private String output;
  private long reused;
  private int cores;
  private boolean skipped;

  /** Makes a job ready to run. */
  public ClassifyJob(SparkSession spark, ClassifySpec spec) {
    this.spark = Sessions.withSettings(spark, spec.conf());
    this.spec = spec;
    totals = ScoringAccumulator.register(spark.sparkContext());
    output = spec.output().location();
    AdeptConf conf = spec.conf();
    function =
        new ClassifyFunction(
            ModelPath.location(conf),
            conf.computeOptions(),
            conf.classifierOptions(),
            conf.scoredLabels(),
            totals);
    text = spec.input().text(function.textColumns());
  }

  /**
   * Runs the job.
   *
   * @param printer shows the progress
   * @throws AdeptException for what its user can correct; Spark's own exceptions otherwise
   */
  public void run(ProgressPrinter printer) {
    spec.checkPlaces(hadoopConf());
    if (spec.checkpoint() != null) {
      runIncrement(printer);
    } else if (spec.resume()) {
      runResumed(printer);
    } else {
      runWhole(printer);
    }
  }

  private void runWhole(ProgressPrinter printer) {
    try (ResultWriter writer = ResultWriter.begin(spec.output(), run, hadoopConf())) {
      output = writer.location();
      if (writer.isDone()) {
        skipped = true;
        return;
      }
      writer.warnOfOthers(List.of());
      Dataset<Row> result = classified(open());
      if (spec.output().mode() == OutputMode.APPEND) {
        ExistingOutput.check(spark, spec.output(), result.schema(), hadoopConf());
      }
      watch(printer, () -> writer.write(result, asides()));
      writer.commit();
    }
  }

  private void runResumed(ProgressPrinter printer) {
    spec.output().checkResumable();
    try (ResumedRun resumed = new ResumedRun(spark, spec, text, run, function, hadoopConf());
        ResultWriter writer = ResultWriter.begin(resumed.output(), run, hadoopConf())) {
      output = writer.location();
      writer.warnOfOthers(resumed.leftovers());
      Dataset<Row> input = open();
      Dataset<Row> classified = classified(input);
      writer.keepUnfinished(spark, resumed.description(classified));
      Dataset<Row> result = resumed.complete(input, classified);
      watch(printer, () -> writer.write(result, asides()));
      writer.commit();
      reused = resumed.reused();
      resumed.removeLeftovers();
    }
  }

  private Dataset<Row> open() {
    return InputReader.open(spark, spec.input(), spec.partitions());
  }

  private void runIncrement(ProgressPrinter printer) {
    spec.output().check();
    IncrementalRun increment =
        new IncrementalRun(spark, spec, text, run, this::classified, asides(), hadoopConf());
    watch(printer, increment::run);
    output = increment.location();
  }

  /** The time of the start, in UTC, and random digits: a name that no other run has. */
  private static String runName() {
    String random = UUID.randomUUID().toString().substring(0, RANDOM_DIGITS);
    return ZonedDateTime.now(ZoneOffset.UTC).format(TIME) + "-" + random;
  }

  private Configuration hadoopConf() {
    return spark.sessionState().newHadoopConf();
  }

  /** Where the text of a row is. */
  public TextColumns text() {
    return text;
  }

  /** The result so far, also after a failure. */
  public JobResult result() {
    return new JobResult(
        totals.value(), reused, (System.nanoTime() - start) / 1e9, cores, output, skipped);
  }

  private Dataset<Row> classified(Dataset<Row> input) {
    return ArrowScoring.score(input, text, function, function.fields(), spec.outputPrefix());
  }

  /** Which rows may go to a folder of their own. */
  private Map<Aside, Column> asides() {
    Column label = column(ClassifyFunction.LABEL);
    Column score = column(ClassifyFunction.SCORE);
    return Map.of(
        Aside.DEAD_LETTERS, column(ArrowBatchFunction.ERROR).isNotNull(),
        Aside.REVIEW, label.isNull().and(score.isNotNull()));
  }

  private Column column(String field) {
    return InputColumns.column(spec.outputPrefix() + field);
  }

  private void watch(ProgressPrinter printer, Runnable work) {
    ProgressListener.watch(
        spark.sparkContext(),
        printer,
        listener -> {
          try {
            work.run();
          } finally {
            cores = Sessions.cores(spark);
          }
          return null;
        });
  }
}
