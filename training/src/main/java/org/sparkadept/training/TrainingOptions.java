package org.sparkadept.training;

import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.optimize.Hyperparameters;
import picocli.CommandLine.Option;

/** Hyperparameters and model size; the defaults are those of the included model. */
final class TrainingOptions {
  private static final int MAX_POSITIONS = 512;

  @Option(names = "--seed", description = "Seed of everything random (${DEFAULT-VALUE}).")
  private long seed = 17;

  @Option(names = "--epochs", description = "Passes over the rows (${DEFAULT-VALUE}).")
  private int epochs = 8;

  @Option(names = "--batch-rows", description = "Rows of a step (${DEFAULT-VALUE}).")
  private int batchRows = 32;

  @Option(names = "--learning-rate", description = "Peak learning rate (${DEFAULT-VALUE}).")
  private double learningRate = 1e-3;

  @Option(names = "--warmup", description = "Share of the run that warms up (${DEFAULT-VALUE}).")
  private double warmup = 0.05;

  @Option(names = "--weight-decay", description = "Decay of matrices (${DEFAULT-VALUE}).")
  private double weightDecay = 0.1;

  @Option(names = "--dropout", description = "Dropout (${DEFAULT-VALUE}).")
  private double dropout = 0.1;

  @Option(names = "--token-drop", description = "Chance to leave a token out (${DEFAULT-VALUE}).")
  private double tokenDrop = 0.15;

  @Option(names = "--label-smoothing", description = "Label smoothing (${DEFAULT-VALUE}).")
  private double labelSmoothing = 0.05;

  @Option(
      names = "--language-weight",
      description = "First weight of the next-token loss (${DEFAULT-VALUE}).")
  private double languageWeight = 0.3;

  @Option(
      names = "--language-until",
      description = "Share of the run at which it has fallen to 0 (${DEFAULT-VALUE}).")
  private double languageUntil = 0.75;

  @Option(
      names = "--language-share",
      description = "Share of positions it is computed on (${DEFAULT-VALUE}).")
  private double languageShare = 0.25;

  @Option(names = "--gradient-norm", description = "Gradient clipping (${DEFAULT-VALUE}).")
  private double gradientNorm = 1.0;

  @Option(
      names = "--average-decay",
      description = "Decay of the averaged weights, a step (${DEFAULT-VALUE}).")
  private double averageDecay = 0.998;

  @Option(names = "--vocabulary", description = "Tokens in the vocabulary (${DEFAULT-VALUE}).")
  private int vocabulary = 8192;

  @Option(names = "--layers", description = "Decoder layers (${DEFAULT-VALUE}).")
  private int layers = 8;

  @Option(names = "--width", description = "Width of the residual stream (${DEFAULT-VALUE}).")
  private int width = 256;

  @Option(names = "--query-heads", description = "Query heads (${DEFAULT-VALUE}).")
  private int queryHeads = 8;

  @Option(names = "--key-value-heads", description = "Key and value heads (${DEFAULT-VALUE}).")
  private int keyValueHeads = 2;

  @Option(names = "--intermediate", description = "Width inside the MLP (${DEFAULT-VALUE}).")
  private int intermediate = 704;

  Hyperparameters hyperparameters() {
    return new Hyperparameters(
        seed,
        epochs,
        batchRows,
        learningRate,
        warmup,
        weightDecay,
        dropout,
        tokenDrop,
        labelSmoothing,
        languageWeight,
        languageUntil,
        languageShare,
        gradientNorm,
        averageDecay);
  }

  /** The shape for a number of classes. */
  ModelShape shape(int labels) {
    return new ModelShape(
        vocabulary,
        labels,
        layers,
        width,
        queryHeads,
        keyValueHeads,
        width / queryHeads,
        intermediate,
        MAX_POSITIONS);
  }
}
