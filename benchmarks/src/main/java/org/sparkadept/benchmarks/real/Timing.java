package org.sparkadept.benchmarks.real;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.sparkadept.benchmarks.measure.Rounds;
import org.sparkadept.benchmarks.measure.SpeedRunner;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.result.DecoderStatistics;

/**
 * A model with its exit policy beside the whole checkpoint, in one process, in turns, on all cores;
 * tokenization is left out.
 *
 * @param rows of the test that are timed
 * @param rounds in which both had a turn
 * @param compute FLOPs of the model on these rows, as a share of the checkpoint's
 * @param checkpointSeconds of a pass through all layers, the median
 * @param seconds of the model, the median
 */
record Timing(int rows, int rounds, double compute, double checkpointSeconds, double seconds) {
  private static final int MOST_ROWS = 500;
  private static final int ROUNDS = 3;

  /**
   * Times the first rows.
   *
   * @param turnSeconds least seconds of a turn
   */
  static Timing of(Path checkpoint, Path model, int maxTokens, byte[][] texts, double turnSeconds)
      throws Exception {
    byte[][] some = Arrays.copyOf(texts, Math.min(texts.length, MOST_ROWS));
    ClassifierOptions options = ClassifierOptions.defaults().withMaxTokens(maxTokens);
    int threads = Runtime.getRuntime().availableProcessors();
    try (LoadedModel whole = LoadedModel.open(checkpoint, ComputeOptions.defaults());
        LoadedModel fitted = LoadedModel.open(model, ComputeOptions.defaults())) {
      Classifier fullDepth = whole.classifier(options.atFullDepth());
      Classifier exiting = fitted.classifier(options);
      DecoderStatistics statistics = exiting.classify(some).statistics();
      double compute = (double) statistics.flops() / statistics.checkpointFlops();
      List<Rounds.Runner> runners =
          List.of(
              new SpeedRunner(fullDepth, some, threads), new SpeedRunner(exiting, some, threads));
      double[] medians = Rounds.run(runners, ROUNDS, turnSeconds, turnSeconds).medians();
      return new Timing(some.length, ROUNDS, compute, medians[0], medians[1]);
    }
  }

  /** The model's seconds as a share of the checkpoint's. */
  double share() {
    return seconds / checkpointSeconds;
  }
}
