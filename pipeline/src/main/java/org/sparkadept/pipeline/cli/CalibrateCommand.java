package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.pipeline.calibrate.CalibrateJob;
import org.sparkadept.pipeline.calibrate.PrecisionJob;
import org.sparkadept.pipeline.calibrate.PrecisionTarget;
import org.sparkadept.pipeline.calibrate.RiskTarget;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.job.ModelPath;
import org.sparkadept.pipeline.outcome.OutcomeSpec;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.pipeline.report.data.Abstention;
import org.sparkadept.pipeline.report.data.Calibration;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.pipeline.report.text.AbstentionText;
import org.sparkadept.pipeline.report.text.CalibrationText;
import org.sparkadept.udfs.conf.AdeptConf;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code adept calibrate}: a new threshold for a fitted model, with a guarantee. */
@Command(
    name = "calibrate",
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Choose the exit threshold, or the least score of an answer, with a guarantee.",
    description = {
      "",
      "Finds the threshold that saves the most compute while, with confidence 1 - D, the"
          + " risk is at most E (Learn-then-Test, exact binomial tails). Use rows on which the"
          + " model was not fitted. With a token policy, thresholds with and without token"
          + " exits are tested, each at D/2, and the cheaper one is used. Writes a new"
          + " adept.json; the weights stay as they are.",
      "",
      "With --min-precision, finds the least score so that, with confidence 1 - D, the answers"
          + " that are left are right with at least this probability. Rows below it are left"
          + " without a label. Choose the exit threshold first: a new one removes the score.",
      ""
    })
final class CalibrateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private OutcomeOptions rows;

  @ArgGroup(multiplicity = "1")
  private Place place;

  /** Where the threshold goes. */
  static final class Place {
    @Option(
        names = {"-o", "--output"},
        paramLabel = "DIR",
        description = "The model directory to write; must not exist.")
    private Path output;

    @Option(names = "--in-place", description = "Replace the model's adept.json.")
    private boolean inPlace;
  }

  @ArgGroup(multiplicity = "1")
  private Target target;

  /** What the guarantee is about. */
  static final class Target {
    @ArgGroup(multiplicity = "1")
    private RiskOptions risk;

    @Option(
        names = "--min-precision",
        paramLabel = "P",
        converter = NumberRange.Share.class,
        description = "Least precision of the answers; rows with a low score get none.")
    private Double minPrecision;
  }

  @Option(
      names = "--delta",
      defaultValue = "" + RiskTarget.DEFAULT_DELTA,
      paramLabel = "D",
      converter = NumberRange.Share.class,
      description = "Probability that the guarantee may fail. Default: ${DEFAULT-VALUE}.")
  private double delta;

  @Option(
      names = "--policy",
      paramLabel = "KIND",
      description =
          "The policy that gets the threshold: adept, confidence, entropy or patience. Default: the"
              + " model's.")
  private String policy;

  @Mixin private ReportOptions report;
  @Mixin private final KeyOptions model = KeyOptions.ofFitted();
  @Mixin private SparkOptions options;

  @Override
  public Integer call() {
    report.check();
    SparkConf sparkConf = options.sparkConf();
    AdeptConf conf = model.confWithoutExits(sparkConf);
    OutcomeSpec input = rows.spec(options.partitions, conf);
    Path output = place.inPlace ? ModelPath.writable(conf) : place.output;
    if (!place.inPlace && absolute(output).equals(absolute(ModelPath.location(conf).path()))) {
      throw new OutputException(
          "The output " + output + " is the model. Use --in-place to change the model itself.");
    }
    PrintWriter err = spec.commandLine().getErr();
    if (target.minPrecision == null) {
      CalibrateJob job =
          new CalibrateJob(
              input,
              target.risk.target(delta),
              policy == null ? null : PolicyKind.parse(policy),
              output);
      SparkRun.with(options, sparkConf, err, spark -> run(spark, job, err));
    } else {
      if (policy != null) {
        throw new ParameterException(
            spec.commandLine(),
            "--min-precision takes the answers under the model's own policy; omit --policy.");
      }
      PrecisionJob job =
          new PrecisionJob(input, new PrecisionTarget(target.minPrecision, delta), output);
      SparkRun.with(options, sparkConf, err, spark -> run(spark, job, err));
    }
    return ExitCode.OK;
  }

  private void run(SparkSession spark, PrecisionJob job, PrintWriter err) {
    Provenance provenance = Provenance.now(job.model().toString(), rows.input.spec().describe());
    Abstention abstention = job.run(spark, provenance, options.printer(err));
    PrintWriter out = spec.commandLine().getOut();
    if (!options.quiet) {
      AbstentionText.print(abstention, options.terminal().columns(), out);
    }
    report.write(abstention, abstention.kind(), out);
    if (!abstention.hasChosen()) {
      throw new AdeptException(
          "No least score meets the target; nothing was written. Add rows, or allow a lower"
              + " precision.");
    }
    out.println("\nLeast score written to " + abstention.output());
    out.flush();
  }

  private void run(SparkSession spark, CalibrateJob job, PrintWriter err) {
    Provenance provenance = Provenance.now(job.model().toString(), rows.input.spec().describe());
    Calibration calibration = job.run(spark, provenance, options.printer(err));
    PrintWriter out = spec.commandLine().getOut();
    if (!options.quiet) {
      CalibrationText.print(calibration, options.terminal().columns(), out);
    }
    report.write(calibration, "calibration", out);
    if (Double.isNaN(calibration.risk().chosenThreshold())) {
      throw new AdeptException(
          "No threshold of policy '"
              + calibration.risk().policy()
              + "' meets the target; nothing was written. Add rows, allow a higher risk,"
              + " or classify with --policy none.");
    }
    out.println("\nThreshold written to " + calibration.output());
    out.flush();
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
