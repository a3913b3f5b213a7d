package org.sparkadept.pipeline.cli;

import java.util.List;
import org.apache.spark.SparkConf;
import org.sparkadept.pipeline.job.Sessions;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import picocli.CommandLine.Option;

/** Arguments of every command that runs a model: which, and on what. */
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "Model directory: a path, the same on every machine, or a URI (hdfs://, s3a://), fetched"
              + " once per machine.")
  String model;

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
      description = "Compute backend: auto, tornadovm (GPU), cpu or reference. Default: auto.")
  String backend;

  /** The configuration, with these arguments over all else. */
  AdeptConf adeptConf(SparkConf sparkConf) {
    return Sessions.adeptConf(System.getenv(Sessions.CONF_DIR), sparkConf)
        .with(AdeptKey.MODEL_PATH, model)
        .with(AdeptKey.MODEL_MAX_TOKENS, maxTokens)
        .with(AdeptKey.COMPUTE_BACKEND, backend);
  }

  /**
   * The same for commands that look for policy and threshold, and decide on token exits,
   * themselves: what the configuration says of these is for answers.
   */
  AdeptConf adeptConfWithoutExits(SparkConf sparkConf) {
    AdeptConf conf = adeptConf(sparkConf);
    for (AdeptKey<?> key :
        List.of(AdeptKey.EXIT_POLICY, AdeptKey.EXIT_THRESHOLD, AdeptKey.EXIT_TOKENS)) {
      conf = conf.with(key, key.defaultText());
    }
    return conf;
  }
}
