package org.sparkadept.pipeline.cli;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that classifies. */
final class RunOptions {
  @Mixin final KeyOptions keys = KeyOptions.ofResults();

  @Option(
      names = "--summary",
      paramLabel = "FILE",
      description = "Write a JSON summary, also if the run fails.")
  Path summary;

  @Mixin SparkOptions spark;
}
