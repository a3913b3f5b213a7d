package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.job.InputReader;
import org.sparkadept.pipeline.ml.fit.AdeptFit;
import org.sparkadept.pipeline.ml.fit.FitResult;
import org.sparkadept.pipeline.ml.fit.FitSettings;
import org.sparkadept.pipeline.progress.ProgressListener;
import org.sparkadept.pipeline.report.data.Provenance;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code adept fit}: labelled rows and a backbone in, a model that exits early out. */
@Command(
    name = "fit",
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Fit early exits for a backbone, on labelled rows.",
    description = {
      "",
      "Reads --input, fits exit heads, exit policy, hidden state mapper and token policy for --model,"
          + " calibrates the exit threshold and writes a model directory to --output.",
      ""
    })
final class FitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private LabelledInputOptions input;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description = "Model directory to create. Use the directory of --model to fit in place.")
  private Path output;

  @Mixin private final FitOptions fit = FitOptions.ofFit();

  @Mixin private ReportOptions report;
  @Mixin private final KeyOptions model = KeyOptions.ofLongRows();
  @Mixin private SparkOptions options;

  @Override
  public Integer call() {
    report.check();
    SparkConf sparkConf = options.sparkConf();
    FitSettings settings = fit.settings(model.confWithoutExits(sparkConf), output, input);
    PrintWriter err = spec.commandLine().getErr();
    SparkRun.with(options, sparkConf, err, spark -> run(spark, settings, err));
    return ExitCode.OK;
  }

  private void run(SparkSession spark, FitSettings settings, PrintWriter err) {
    Provenance provenance = Provenance.now(settings.model().toString(), input.spec().describe());
    FitResult result =
        ProgressListener.watchSteps(
            spark.sparkContext(),
            options.printer(err),
            progress ->
                new AdeptFit(spark, settings, progress)
                    .run(InputReader.open(spark, input.spec()), options.partitions));
    PrintWriter out = spec.commandLine().getOut();
    FitOutput.write(result, provenance, options, report, out);
    if (!options.quiet) {
      out.println("\nModel: " + result.model());
    }
    out.flush();
  }
}
