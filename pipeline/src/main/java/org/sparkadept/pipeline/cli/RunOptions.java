package org.sparkadept.pipeline.cli;

import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.scoring.ErrorMode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Arguments of every command that classifies: the model, Spark, what becomes of errors. */
final class RunOptions {
  @Mixin AnswerOptions model;

  @Option(
      names = "--on-error",
      paramLabel = "MODE",
      description =
          "permissive: a row that cannot be scored tells so in column error; failfast: it fails"
              + " the job. Default: permissive.")
  ErrorMode onError;

  @Option(
      names = "--scores",
      description = "Add column scores: every label with its probability, the most probable first.")
  Boolean scores;

  @Option(
      names = "--summary",
      paramLabel = "FILE",
      description = "Write a summary of the run, as JSON, also of a failed one.")
  Path summary;

  @Mixin SparkOptions spark;

  /** The configuration, with these arguments over all else. */
  AdeptConf adeptConf(SparkConf sparkConf) {
    return model
        .adeptConf(sparkConf)
        .with(AdeptKey.ON_ERROR, onError)
        .with(AdeptKey.OUTPUT_SCORES, scores);
  }
}
