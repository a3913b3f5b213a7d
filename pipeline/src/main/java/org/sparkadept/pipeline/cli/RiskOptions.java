package org.sparkadept.pipeline.cli;

import org.sparkadept.pipeline.calibrate.RiskTarget;
import org.sparkadept.pipeline.ml.AdeptClassifier;
import picocli.CommandLine.Option;

/** What a guarantee bounds: one of two risks. */
final class RiskOptions {
  @Option(
      names = "--max-disagreement",
      paramLabel = "E",
      converter = NumberRange.Share.class,
      description = "Maximum share of rows whose label differs from that at full depth.")
  private Double maxDisagreement;

  @Option(
      names = "--max-accuracy-loss",
      paramLabel = "E",
      converter = NumberRange.Share.class,
      description =
          "Maximum share of rows that are right at full depth and wrong with early exits.")
  private Double maxAccuracyLoss;

  RiskTarget target(double delta) {
    return maxDisagreement == null
        ? new RiskTarget(RiskTarget.Kind.ACCURACY_LOSS, maxAccuracyLoss, delta)
        : new RiskTarget(RiskTarget.Kind.DISAGREEMENT, maxDisagreement, delta);
  }

  void applyTo(AdeptClassifier classifier) {
    if (maxDisagreement == null) {
      classifier.setMaxAccuracyLoss(maxAccuracyLoss);
    } else {
      classifier.setMaxDisagreement(maxDisagreement);
    }
  }
}
