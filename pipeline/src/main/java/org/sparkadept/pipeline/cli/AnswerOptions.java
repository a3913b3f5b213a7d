package org.sparkadept.pipeline.cli;

import org.apache.spark.SparkConf;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Arguments of every command that answers with a model: which, and when rows and tokens leave. */
final class AnswerOptions {
  @Mixin ModelOptions model;

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
          "Exit of single tokens: model (what its adept.json says), none (they stay), fitted (as"
              + " fitted, also where adept.json has that switched off) or copy (as fitted, but"
              + " without the hidden state mapper). Default: model.")
  String tokenExit;

  /** The configuration, with these arguments over all else. */
  AdeptConf adeptConf(SparkConf sparkConf) {
    return model
        .adeptConf(sparkConf)
        .with(AdeptKey.EXIT_POLICY, policy)
        .with(AdeptKey.EXIT_THRESHOLD, threshold)
        .with(AdeptKey.EXIT_TOKENS, tokenExit);
  }
}
