package org.sparkadept.pipeline.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.pipeline.job.InputSpec;
import picocli.CommandLine.Option;

/** Options of every command that reads a table: its text column and format. */
class InputOptions {
  @Option(
      names = {"-t", InputSpec.TEXT_OPTION},
      paramLabel = "NAME",
      description =
          "Column with the text, or field of a struct (doc.body). Default: the columns that the"
              + " model's prompt reads; without a prompt text.")
  String textColumn;

  @Option(
      names = {"-f", "--format"},
      defaultValue = "parquet",
      paramLabel = "NAME",
      description =
          "Format of the input (and output): parquet, orc, arrow, json, csv, text (input only), table,"
              + " jdbc, or any other Spark source. Default: ${DEFAULT-VALUE}.")
  String format;

  @Option(
      names = "--read-option",
      paramLabel = "KEY=VALUE",
      description = "An option of the source, such as header=false. Repeatable.")
  Map<String, String> readOptions = new LinkedHashMap<>();

  @Option(
      names = "--input-schema",
      paramLabel = "DDL",
      description =
          "Columns of the input's files, such as 'id BIGINT, text STRING'. Default: found in the"
              + " files.")
  String schema;

  /** Tables of this format. */
  InputSpec spec(List<String> locations) {
    return spec(locations, format);
  }

  /** Tables of another format. */
  InputSpec spec(List<String> locations, String otherFormat) {
    return new InputSpec(locations, otherFormat, readOptions, schema, textColumn);
  }
}
