package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.job.InputReader;
import org.sparkadept.pipeline.ml.fit.FitSettings;
import org.sparkadept.pipeline.progress.ProgressListener;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.pipeline.report.data.Tuning;
import org.sparkadept.pipeline.report.text.TuningText;
import org.sparkadept.pipeline.tune.TuneJob;
import org.sparkadept.udfs.conf.AdeptConf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code adept tune}: labelled rows and a pretrained backbone in, a tuned model out. */
@Command(
    name = "tune",
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Tune a backbone with its exits on labelled rows, then fit.",
    description = {
      "",
      "Cuts --model at a depth, trains the layers below and an exit head at each exit layer"
          + " together on --input, by PyTorch on the driver, then fits exit policy, hidden state"
          + " mapper, token policy and threshold, and writes a model directory to --output.",
      ""
    })
final class TuneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private LabelledInputOptions input;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description = "Model directory to create.")
  private Path output;

  @Mixin private TrainingOptions training;

  @Option(
      names = "--no-fit",
      description = "Write the tuned model with its heads; fit no policies and no threshold.")
  private boolean noFit;

  @Mixin private final FitOptions fit = FitOptions.ofTuned();

  @Mixin private ReportOptions report;
  @Mixin private final KeyOptions model = KeyOptions.ofLongRows();
  @Mixin private SparkOptions options;

  @Override
  public Integer call() {
    report.check();
    SparkConf sparkConf = options.sparkConf();
    AdeptConf conf = model.confWithoutExits(sparkConf);
    FitSettings settings = fit.settings(conf, output, input);
    PrintWriter err = spec.commandLine().getErr();
    SparkRun.with(
        options, sparkConf, err, spark -> run(spark, settings, conf.computeOptions(), err));
    return ExitCode.OK;
  }

  private void run(
      SparkSession spark, FitSettings settings, ComputeOptions compute, PrintWriter err) {
    Provenance provenance = Provenance.now(settings.model().toString(), input.spec().describe());
    TuneJob.Outcome outcome =
        ProgressListener.watchSteps(
            spark.sparkContext(),
            options.printer(err),
            progress ->
                new TuneJob(spark, settings, training.options(), compute, progress)
                    .run(InputReader.open(spark, input.spec()), options.partitions, !noFit));
    PrintWriter out = spec.commandLine().getOut();
    Tuning tuning = outcome.report(provenance);
    if (!options.quiet) {
      TuningText.print(tuning, options.terminal().columns(), out);
    }
    report.write(tuning, "tuning", out);
    if (outcome.fit() != null) {
      FitOutput.write(outcome.fit(), provenance, options, report, out);
    }
    if (!options.quiet) {
      out.println("\nModel: " + outcome.model());
    }
    out.flush();
  }
}
