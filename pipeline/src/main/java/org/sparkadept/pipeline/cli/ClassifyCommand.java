package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.job.ClassifySpec;
import org.sparkadept.pipeline.output.Aside;
import org.sparkadept.pipeline.output.OutputMode;
import org.sparkadept.pipeline.output.OutputSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code adept classify}: a table in, the same table with its answers out. */
@Command(
    name = "classify",
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Classify the rows of a table.",
    description = {
      "",
      "Reads --input, classifies the text column with --model and writes --output: all columns of"
          + " the input, then label, score, exit_layer, tokens, truncated, error; of multi-label models"
          + " also labels, after score.",
      ""
    })
final class ClassifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-i", "--input"},
      required = true,
      paramLabel = "PATH",
      description =
          "What to read: a path, or a table's name with format table or jdbc. Repeatable.")
  private List<String> inputs;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "PATH",
      description = "Where to write: a folder, or a table's name with format table or jdbc.")
  private String output;

  @Mixin private InputOptions table;

  @Option(
      names = "--input-format",
      paramLabel = "NAME",
      description = "Format of the input. Default: --format.")
  private String inputFormat;

  @Option(
      names = "--output-format",
      paramLabel = "NAME",
      description = "Format of the output. Default: --format.")
  private String outputFormat;

  @Option(
      names = "--write-option",
      paramLabel = "KEY=VALUE",
      description = "An option of the sink, such as compression=zstd. Repeatable.")
  private Map<String, String> writeOptions = new LinkedHashMap<>();

  @Option(
      names = "--partition-by",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Write a folder for each value of these columns of the output, as Spark does"
              + " (date=2026-01-31). Repeatable, or separated by commas.")
  private List<String> partitionBy = List.of();

  @Option(
      names = {"-m", "--mode"},
      defaultValue = "errorifexists",
      paramLabel = "MODE",
      description = "If the output exists: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private OutputMode mode;

  @Option(
      names = "--output-prefix",
      defaultValue = "",
      paramLabel = "P",
      description = "Prefix for the names of the result columns.")
  private String outputPrefix;

  @Option(
      names = "--dead-letters",
      paramLabel = "PATH",
      description =
          "Write rows with an error to this folder instead of the output, in the same"
              + " format and mode.")
  private String deadLetters;

  @Option(
      names = "--review",
      paramLabel = "PATH",
      description =
          "Write rows with a score below the least one of an answer to this folder instead of the"
              + " output, in the same format and mode. See --min-score.")
  private String review;

  @Option(
      names = "--incremental",
      description =
          "Classify rows added to the input since the last run and append them to the"
              + " output; each row once, even if a run is killed. Needs --checkpoint.")
  private boolean incremental;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Folder that records which input has been classified.")
  private String checkpoint;

  @Option(
      names = "--resume",
      description =
          "Reuse results of earlier, failed or killed runs with --resume, the same model"
              + " and options. Replaces the output.")
  private boolean resume;

  @Mixin private RunOptions run;

  @Override
  public Integer call() {
    for (String place : inputs) {
      requireNamed("--input", place);
    }
    requireNamed("--output", output);
    asides().forEach((aside, folder) -> requireNamed(aside.option(), folder));
    requireNamed("--checkpoint", checkpoint);
    if (incremental != (checkpoint != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "--incremental needs --checkpoint DIR, and --checkpoint needs --incremental.");
    }
    if (incremental && (mode == OutputMode.OVERWRITE || mode == OutputMode.IGNORE)) {
      throw new ParameterException(
          spec.commandLine(),
          "--incremental appends to the output; omit --mode or use --mode append.");
    }
    if (resume && (incremental || mode == OutputMode.APPEND || mode == OutputMode.IGNORE)) {
      throw new ParameterException(
          spec.commandLine(),
          "--resume replaces the output; it cannot be combined with --incremental,"
              + " --mode append or --mode ignore.");
    }
    String reads = inputFormat == null ? table.format : inputFormat;
    String writes = outputFormat == null ? table.format : outputFormat;
    PrintWriter out = spec.commandLine().getOut();
    new ClassifyRun(run, out, spec.commandLine().getErr())
        .execute(
            conf ->
                new ClassifySpec(
                    table.spec(inputs, reads),
                    new OutputSpec(output, writes, writeOptions, partitionBy, mode, asides()),
                    outputPrefix,
                    run.spark.partitions,
                    checkpoint,
                    resume,
                    conf),
            (spark, result) -> {
              if (!result.skipped()) {
                out.println("\nResult: " + result.output());
                out.flush();
              }
            });
    return ExitCode.OK;
  }

  private Map<Aside, String> asides() {
    Map<Aside, String> asides = new EnumMap<>(Aside.class);
    if (deadLetters != null) {
      asides.put(Aside.DEAD_LETTERS, deadLetters);
    }
    if (review != null) {
      asides.put(Aside.REVIEW, review);
    }
    return asides;
  }

  private void requireNamed(String option, String place) {
    if (place != null && place.isBlank()) {
      throw new ParameterException(spec.commandLine(), option + " must not be empty.");
    }
  }
}
