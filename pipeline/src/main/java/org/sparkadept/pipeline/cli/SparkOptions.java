package org.sparkadept.pipeline.cli;

import org.sparkadept.pipeline.job.ClassifySpec;
import picocli.CommandLine.Option;

/** Options of every command that runs a job over rows: partitions, and Spark. */
final class SparkOptions extends SessionOptions {
  @Option(
      names = "--partitions",
      paramLabel = "N",
      converter = NumberRange.Partitions.class,
      description =
          "Number of partitions; 0: do not repartition. Default: several per core where the"
              + " input's would leave cores idle.")
  int partitions = ClassifySpec.PARTITIONS_AUTO;
}
