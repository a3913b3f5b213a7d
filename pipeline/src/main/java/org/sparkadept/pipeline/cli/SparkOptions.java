package org.sparkadept.pipeline.cli;

import org.sparkadept.pipeline.job.ClassifySpec;
import picocli.CommandLine.Option;

/** Arguments of every command that runs a job over rows: how they are dealt out, and Spark. */
final class SparkOptions extends SessionOptions {
  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "" + ClassifySpec.PARTITIONS_AUTO,
      showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
      description =
          "Deal the rows out to N partitions; 0: leave them as they come. Default: deal them out"
              + " where they come in fewer parts than there are cores.")
  int partitions;
}
