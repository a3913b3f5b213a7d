package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.pipeline.failure.Failure;
import org.sparkadept.pipeline.failure.Messages;
import org.sparkadept.pipeline.job.ClassifyJob;
import org.sparkadept.pipeline.job.ClassifySpec;
import org.sparkadept.pipeline.job.ModelPath;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.pipeline.report.data.JobResult;
import org.sparkadept.pipeline.report.text.RunText;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.model.ModelLocation;

/** One classification from arguments to report: what {@code classify} and {@code demo} share. */
final class ClassifyRun {
  private final RunOptions options;
  private final PrintWriter out;
  private final PrintWriter err;
  private final RunSummary summary = new RunSummary(Instant.now());

  ClassifyRun(RunOptions options, PrintWriter out, PrintWriter err) {
    this.options = options;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs the job and reports; the summary is written however it ends.
   *
   * @param spec the job under a configuration
   * @param afterwards shows more, after a job that ended well and its report
   */
  void execute(
      Function<AdeptConf, ClassifySpec> spec, BiConsumer<SparkSession, JobResult> afterwards) {
    if (options.summary != null) {
      OutputFile.check(RunSummary.KIND, options.summary);
    }
    try {
      runJob(spec, afterwards);
    } catch (Throwable e) { // Spark, being Scala, throws checked exceptions undeclared.
      summary.failed(Failure.of(e));
      writeSummary(unwritten -> err.println("adept: " + Messages.line(unwritten)));
      throw e;
    }
    summary.succeeded();
    writeSummary(
        unwritten -> {
          throw new OutputException(
              "The output is complete, but not the summary. " + Messages.line(unwritten),
              unwritten.getCause());
        });
  }

  private void writeSummary(Consumer<OutputException> onFailure) {
    if (options.summary != null) {
      try {
        summary.write(options.summary);
      } catch (OutputException e) {
        onFailure.accept(e);
      }
    }
  }

  private void runJob(
      Function<AdeptConf, ClassifySpec> specOf, BiConsumer<SparkSession, JobResult> afterwards) {
    SparkConf sparkConf = options.spark.sparkConf();
    ClassifySpec spec = specOf.apply(options.keys.conf(sparkConf));
    summary.spec(spec);
    checkModel(spec.conf(), sparkConf);
    SparkRun.with(options.spark, sparkConf, err, spark -> runJob(spark, spec, afterwards));
  }

  private void runJob(
      SparkSession spark, ClassifySpec spec, BiConsumer<SparkSession, JobResult> afterwards) {
    ClassifyJob job = new ClassifyJob(spark, spec);
    summary.text(job.text());
    try {
      job.run(options.spark.printer(err));
    } finally {
      summary.result(job.result());
    }
    if (!options.spark.quiet) {
      RunText.print(job.result(), options.spark.terminal().columns(), out);
      afterwards.accept(spark, job.result());
    }
  }

  /** A model that cannot be used is found before Spark starts. */
  private static void checkModel(AdeptConf conf, SparkConf spark) {
    conf.computeOptions();
    conf.classifierOptions();
    boolean shipped =
        Stream.of(conf.modelPath(), conf.adapterPath())
            .flatMap(Optional::stream)
            .anyMatch(path -> isShipped(path, spark));
    if (conf.modelPath().isPresent() && !shipped) {
      ModelDirectory.open(ModelPath.location(conf).source()).close();
    }
  }

  /** Whether a model or adapter comes with an archive that Spark unpacks once it has started. */
  private static boolean isShipped(String path, SparkConf spark) {
    return ModelLocation.isShipped(path, spark) && !Files.exists(Path.of(path));
  }
}
