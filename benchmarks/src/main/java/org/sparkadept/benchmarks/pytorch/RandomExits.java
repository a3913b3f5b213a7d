package org.sparkadept.benchmarks.pytorch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.AdeptPolicy;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.result.ExitTrace;

/**
 * Gives a model of random weights an exit after every layer. Nothing is learned there, so where
 * rows leave is set: exit heads and policies are random, and each policy's bias is such that a
 * given share of the rows that come to the exit leave at it. Tokens stay as long as their row does.
 */
final class RandomExits {
  private static final float THRESHOLD = 0.5f;

  /** Rows that the biases are set on, at most. */
  private static final int MOST_ROWS = 1024;

  private RandomExits() {}

  /**
   * Writes {@code adept.json} and {@code adept.safetensors}.
   *
   * @param directory a {@link RandomModel}
   * @param size its size
   * @param texts the rows that will be scored
   * @param share of the rows that come to an exit, how many leave at it, in (0, 1)
   * @param seed the same seed gives the same weights
   * @param compute computes the states that the biases are set on
   */
  static void write(
      Path directory,
      ModelSize size,
      byte[][] texts,
      double share,
      long seed,
      ComputeOptions compute) {
    float[] biases = new float[size.layers() - 1];
    write(directory, size, seed, biases);
    byte[][] sample = Arrays.copyOf(texts, Math.min(texts.length, MOST_ROWS));
    ClassifierOptions options = ClassifierOptions.defaults().withTokenExit(TokenExitKind.NONE);
    try (LoadedModel model = LoadedModel.open(directory, compute)) {
      ExitTrace[] traces = model.classifier(options).trace(sample, false);
      biases = biases(traces, biases.length, share);
    }
    write(directory, size, seed, biases);
  }

  private static void write(Path directory, ModelSize size, long seed, float[] biases) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] layers = IntStream.rangeClosed(1, size.layers()).toArray();
    List<String> labels = RandomModel.labels();
    AdeptWriter writer = new AdeptWriter(labels, layers, PolicyKind.ADEPT, THRESHOLD);
    double deviation = 1 / Math.sqrt(size.width());
    for (int layer = 1; layer < size.layers(); layer++) {
      float[] head = RandomModel.uniform(random, ModelSize.LABELS * size.width(), 0, deviation);
      float[] state = RandomModel.uniform(random, size.width(), 0, deviation);
      float[] readout = new float[AdeptPolicy.READOUT_FEATURES];
      writer.head(layer, ExitHead.Input.CLASS_TOKEN, head, new float[ModelSize.LABELS]);
      AdeptPolicy.Features features = AdeptPolicy.Features.LOG_ODDS;
      writer.policy(layer, new AdeptPolicy.Weights(state, features, readout, biases[layer - 1]));
    }
    writer.write(directory);
  }

  /**
   * Sets biases, exit by exit, on the rows that have not left before.
   *
   * @param traces of policies without a bias
   * @param exits number of exits, the last layer's left out
   */
  static float[] biases(ExitTrace[] traces, int exits, double share) {
    float[] biases = new float[exits];
    List<ExitTrace> alive = new ArrayList<>(List.of(traces));
    for (int exit = 0; exit < exits && !alive.isEmpty(); exit++) {
      int at = exit;
      double[] scores = alive.stream().mapToDouble(trace -> score(trace, at)).sorted().toArray();
      int stay = (int) Math.round((1 - share) * scores.length);
      double bound =
          stay == 0
              ? scores[0] - 1
              : stay == scores.length
                  ? scores[stay - 1] + 1
                  : (scores[stay - 1] + scores[stay]) / 2;
      biases[exit] = (float) -bound;
      alive.removeIf(trace -> score(trace, at) >= bound);
    }
    return biases;
  }

  /** The argument of the sigmoid. */
  private static double score(ExitTrace trace, int exit) {
    double preference = trace.preferences()[exit];
    return Math.log(preference / (1 - preference));
  }
}
