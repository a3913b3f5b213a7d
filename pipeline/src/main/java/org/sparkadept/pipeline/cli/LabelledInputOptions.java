package org.sparkadept.pipeline.cli;

import java.util.List;
import org.sparkadept.pipeline.job.InputSpec;
import org.sparkadept.pipeline.table.TextsAndLabels;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that read a table with texts and labels. */
final class LabelledInputOptions {
  @Option(
      names = {"-i", "--input"},
      required = true,
      paramLabel = "PATH",
      description =
          "What to read: a path, or a table's name with format table or jdbc. Repeatable.")
  List<String> inputs;

  @Option(
      names = {"-l", "--label-column"},
      defaultValue = TextsAndLabels.LABEL_COLUMN,
      paramLabel = "NAME",
      description =
          "Column with the true label, or with an array of labels. Default: ${DEFAULT-VALUE}.")
  String labelColumn;

  @Mixin InputOptions table;

  InputSpec spec() {
    return table.spec(inputs);
  }
}
