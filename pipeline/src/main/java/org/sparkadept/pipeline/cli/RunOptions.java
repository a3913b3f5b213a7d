package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.sparkadept.pipeline.job.ClassifySpec;
import org.sparkadept.pipeline.job.Sessions;
import org.sparkadept.pipeline.progress.ProgressPrinter;
import org.sparkadept.pipeline.progress.Terminal;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.scoring.ErrorMode;
import picocli.CommandLine.Option;

/** Arguments of every command that runs a job: the model, Spark, what is shown. */
final class RunOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model directory, under the same path on every machine.")
  String model;

  @Option(
      names = "--policy",
      paramLabel = "KIND",
      description =
          "Exit policy: model (what its adept.json says), none (full depth), adept, confidence,"
              + " entropy or patience. Default: model.")
  String policy;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      description = "Exit threshold in (0, 1], larger is stricter. Default: the model's.")
  Float threshold;

  @Option(
      names = "--token-exit",
      paramLabel = "KIND",
      description =
          "Exit of single tokens: model (what its adept.json says), none (they stay) or copy (as"
              + " model, but without the hidden state mapper). Default: model.")
  String tokenExit;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description =
          "Cut longer rows to N tokens, and flag them. Default: 512, or the model's bound if"
              + " that is less.")
  Integer maxTokens;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "Compute backend: auto, cpu or reference. Default: auto.")
  String backend;

  @Option(
      names = "--on-error",
      paramLabel = "MODE",
      description =
          "permissive: a row that cannot be scored tells so in column error; failfast: it fails"
              + " the job. Default: permissive.")
  ErrorMode onError;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "" + ClassifySpec.PARTITIONS_AUTO,
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description =
          "Deal the rows out to N partitions; 0: leave them as they come. Default: deal them out"
              + " where they come in fewer parts than there are cores.")
  int partitions;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "A configuration key of Spark, or of ours (spark.adept.…). Repeatable.")
  Map<String, String> conf = new LinkedHashMap<>();

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master. Default: spark-submit's, else local[*].")
  String master;

  @Option(
      names = "--summary",
      paramLabel = "FILE",
      description = "Write a summary of the run, as JSON, also of a failed one.")
  Path summary;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress, no table at the end.")
  boolean quiet;

  @Option(names = "--verbose", description = "Spark's log, and stack traces of failures.")
  boolean verbose;

  SparkConf sparkConf() {
    return Sessions.sparkConf(master, conf);
  }

  /** The configuration, with these arguments over all else. */
  AdeptConf adeptConf(SparkConf sparkConf) {
    return Sessions.adeptConf(System.getenv(Sessions.CONF_DIR), sparkConf)
        .with(AdeptKey.MODEL_PATH, model)
        .with(AdeptKey.EXIT_POLICY, policy)
        .with(AdeptKey.EXIT_THRESHOLD, threshold)
        .with(AdeptKey.EXIT_TOKENS, tokenExit)
        .with(AdeptKey.MODEL_MAX_TOKENS, maxTokens)
        .with(AdeptKey.COMPUTE_BACKEND, backend)
        .with(AdeptKey.ON_ERROR, onError);
  }

  Terminal terminal() {
    return Terminal.of(System.getenv(Terminal.COLUMNS));
  }

  ProgressPrinter printer(PrintWriter err) {
    return new ProgressPrinter(err, terminal(), quiet);
  }
}
