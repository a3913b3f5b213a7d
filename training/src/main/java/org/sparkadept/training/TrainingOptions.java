package org.sparkadept.training;

import java.util.List;
import java.util.stream.IntStream;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.training.export.ModelShape;
import org.sparkadept.training.model.ExitPlan;
import org.sparkadept.training.optimize.LossSettings;
import org.sparkadept.training.optimize.Optimization;
import org.sparkadept.training.torch.Precision;
import org.sparkadept.training.tune.TuneSettings;
import picocli.CommandLine.Option;

/** How a model is trained from scratch, and its size. */
final class TrainingOptions {
  private static final int MAX_POSITIONS = 512;

  /** Most tokens of a step; rows are cut to fewer, so that a batch is bounded by its rows. */
  private static final int BATCH_TOKENS = 16_384;

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

  @Option(names = "--gradient-norm", description = "Gradient clipping (${DEFAULT-VALUE}).")
  private double gradientNorm = 1.0;

  @Option(
      names = "--precision",
      description = "Format of products: f32, bf16 or auto, the faster one (${DEFAULT-VALUE}).")
  private String precision = "auto";

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

  long seed() {
    return seed;
  }

  /**
   * Settings of the run: exits after every layer that read the class token, all weights trained.
   */
  TuneSettings settings(int threads) {
    List<Integer> exitLayers = IntStream.rangeClosed(1, layers).boxed().toList();
    return new TuneSettings(
        new ExitPlan(exitLayers, ExitHead.Input.CLASS_TOKEN, 0, true),
        new LossSettings(false, labelSmoothing, false, false, 0, 1, 0),
        new Optimization(
            seed,
            epochs,
            batchRows,
            BATCH_TOKENS,
            learningRate,
            learningRate,
            warmup,
            weightDecay,
            gradientNorm,
            dropout,
            tokenDrop),
        Precision.of(precision),
        threads,
        epochs);
  }

  ModelShape shape() {
    return new ModelShape(
        vocabulary, layers, width, queryHeads, keyValueHeads, intermediate, MAX_POSITIONS);
  }
}
