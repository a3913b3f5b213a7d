package org.sparkadept.pipeline.cli;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.pipeline.ml.AdeptClassifier;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How a fit is done; the defaults are those of {@link AdeptClassifier}. */
final class FitOptions {
  @Option(
      names = "--split-column",
      paramLabel = "NAME",
      description =
          "Column with train, validation or calibration. Default: divided by a hash of the row.")
  String splitColumn;

  @Option(
      names = "--train-ratio",
      paramLabel = "R",
      description = "Share of the rows that heads and mapper are fitted on. Default: 0.6.")
  Double trainRatio;

  @Option(
      names = "--validation-ratio",
      paramLabel = "R",
      description = "Share that policies are fitted on; the rest calibrates. Default: 0.2.")
  Double validationRatio;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of the division. Default: 17.")
  Long seed;

  @Option(
      names = "--heads",
      paramLabel = "KIND",
      description =
          "auto: keep the model's exit heads where they cover the labels; fit; keep. Default:"
              + " auto.")
  String heads;

  @Option(
      names = "--exit-layers",
      split = ",",
      paramLabel = "N",
      description = "Exit layers from 1. Default: the model's, or up to 12 evenly spaced.")
  List<Integer> exitLayers = new ArrayList<>();

  @Option(
      names = "--reg-param",
      paramLabel = "R",
      description = "Ridge of the exit heads, where they are fitted. Default: 0.001.")
  Double regParam;

  @Option(
      names = "--lambda",
      paramLabel = "L",
      description = "Weight of a row answered against the guarantee. Default: 1.")
  Double lambda;

  @Option(
      names = "--beta",
      paramLabel = "B",
      description = "Weight of compute: that of a row's full depth. Default: 0.1.")
  Double beta;

  @Option(
      names = "--no-token-exit",
      description = "Only rows leave early; fit no hidden state mapper, no token policy.")
  boolean noTokenExit;

  @Option(
      names = "--token-exit-layers",
      split = ",",
      paramLabel = "N",
      description =
          "Exit layers after which single tokens may leave. Default: those of the lower half, at"
              + " most four.")
  List<Integer> tokenExitLayers = new ArrayList<>();

  @Option(
      names = "--token-threshold",
      paramLabel = "T",
      description = "Threshold of the token policy in (0, 1], larger is stricter. Default: 0.5.")
  Double tokenThreshold;

  @Option(
      names = "--mapper-tokens",
      paramLabel = "N",
      description = "Tokens that the hidden state mapper is fitted on, about. Default: 100000.")
  Long mapperTokens;

  @ArgGroup(
      multiplicity = "0..1",
      heading = "The guarantee; --max-disagreement 0.01 unless one is given:%n")
  RiskOptions risk;

  @Option(
      names = "--delta",
      paramLabel = "D",
      description = "The guarantee holds with confidence 1 - D. Default: 0.05.")
  Double delta;

  /** Sets what was given. */
  void applyTo(AdeptClassifier classifier) {
    set(splitColumn, classifier::setSplitCol);
    set(trainRatio, classifier::setTrainRatio);
    set(validationRatio, classifier::setValidationRatio);
    set(seed, classifier::setSeed);
    set(heads, classifier::setHeads);
    set(regParam, classifier::setRegParam);
    set(lambda, classifier::setLambda);
    set(beta, classifier::setBeta);
    set(tokenThreshold, classifier::setTokenThreshold);
    set(mapperTokens, classifier::setMapperTokens);
    if (risk != null) {
      set(risk.maxDisagreement, classifier::setMaxDisagreement);
      set(risk.maxAccuracyLoss, classifier::setMaxAccuracyLoss);
    }
    set(delta, classifier::setDelta);
    classifier.setExitLayers(exitLayers.stream().mapToInt(layer -> layer).toArray());
    classifier.setTokenExitLayers(tokenExitLayers.stream().mapToInt(layer -> layer).toArray());
    classifier.setTokenExit(!noTokenExit);
  }

  private static <T> void set(T value, java.util.function.Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }
}
