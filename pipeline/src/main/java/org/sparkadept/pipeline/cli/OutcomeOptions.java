package org.sparkadept.pipeline.cli;

import org.sparkadept.pipeline.outcome.OutcomeSpec;
import org.sparkadept.udfs.conf.AdeptConf;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that compare a model's answers with labels. */
final class OutcomeOptions {
  @Mixin LabelledInputOptions input;

  @Option(
      names = "--unknown-labels",
      defaultValue = "error",
      paramLabel = "MODE",
      description =
          "Labels that the model does not have: error (list them and stop) or count (as"
              + " wrong). Default: ${DEFAULT-VALUE}.")
  OutcomeSpec.UnknownLabels unknownLabels;

  OutcomeSpec spec(int partitions, AdeptConf conf) {
    return new OutcomeSpec(input.spec(), input.labelColumn, unknownLabels, partitions, conf);
  }
}
