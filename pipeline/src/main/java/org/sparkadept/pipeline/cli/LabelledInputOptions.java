package org.sparkadept.pipeline.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkadept.pipeline.job.InputSpec;
import picocli.CommandLine.Option;

/** Arguments of the commands that read a table with texts and labels. */
final class LabelledInputOptions {
  @Option(
      names = {"-i", "--input"},
      required = true,
      paramLabel = "PATH",
      description = "What to read: a path, or a table's name with format table or jdbc.")
  String input;

  @Option(
      names = {"-l", "--label-column"},
      defaultValue = "label",
      paramLabel = "NAME",
      description = "Column with the true label. Default: ${DEFAULT-VALUE}.")
  String labelColumn;

  @Option(
      names = {"-t", "--text-column"},
      defaultValue = "text",
      paramLabel = "NAME",
      description = "Column with the text. Default: ${DEFAULT-VALUE}.")
  String textColumn;

  @Option(
      names = {"-f", "--format"},
      defaultValue = "parquet",
      paramLabel = "NAME",
      description =
          "Format of the input: parquet, orc, arrow, json, csv, table, jdbc, or any other Spark"
              + " source. Default: ${DEFAULT-VALUE}.")
  String format;

  @Option(
      names = "--read-option",
      paramLabel = "KEY=VALUE",
      description = "An option of the source, such as header=false. Repeatable.")
  Map<String, String> readOptions = new LinkedHashMap<>();

  InputSpec spec() {
    return new InputSpec(input, format, readOptions, textColumn);
  }
}
