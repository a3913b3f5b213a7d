package org.sparkadept.benchmarks.pytorch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.exit.ExitOptions;
import org.sparkadept.decoder.result.ExitTrace;

/**
 * Gives a model of random weights an exit after every layer. Nothing is learned there, so where
 * rows leave is set: exit heads and policies are random, and each policy's bias is such that a
 * given share of the rows that come to the exit leave at it. Tokens stay as long as their row does.
 */
final class RandomExits {
  private static final float THRESHOLD = 0.5f;
  private static final int READOUTS = 4;

  /** Rows that the biases are set on, at most. */
  private static final int MOST_ROWS = 1024;

  private final Path directory;
  private final ModelSize size;
  private final long seed;

  private RandomExits(Path directory, ModelSize size, long seed) {
    this.directory = directory;
    this.size = size;
    this.seed = seed;
  }

  /**
   * Writes {@code adept.json} and {@code adept.safetensors}.
   *
   * @param directory a {@link RandomModel}
   * @param size its size
   * @param texts the rows that will be scored
   * @param share of the rows that come to an exit, how many leave at it, in (0, 1)
   * @param seed the same seed gives the same weights
   * @param options how the rows are run to set the biases
   */
  static void write(
      Path directory,
      ModelSize size,
      byte[][] texts,
      double share,
      long seed,
      DecoderOptions options) {
    RandomExits exits = new RandomExits(directory, size, seed);
    float[] biases = new float[size.layers() - 1];
    exits.write(biases);
    byte[][] sample = Arrays.copyOf(texts, Math.min(texts.length, MOST_ROWS));
    try (Decoder decoder =
        Decoder.open(directory, options.withExit(ExitOptions.defaults().withTokenExit("none")))) {
      biases = biases(decoder.trace(sample, false), biases.length, share);
    }
    exits.write(biases);
  }

  private void write(float[] biases) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] layers = IntStream.rangeClosed(1, size.layers()).toArray();
    List<String> labels = RandomModel.labels();
    AdeptWriter writer = new AdeptWriter(labels, layers, "adept", THRESHOLD);
    double deviation = 1 / Math.sqrt(size.width());
    for (int layer = 1; layer < size.layers(); layer++) {
      float[] head = RandomModel.uniform(random, ModelSize.LABELS * size.width(), 0, deviation);
      float[] state = RandomModel.uniform(random, size.width(), 0, deviation);
      writer.tensor("exit." + layer + ".weight", head, ModelSize.LABELS, size.width());
      writer.tensor("exit." + layer + ".bias", new float[ModelSize.LABELS], ModelSize.LABELS);
      writer.tensor("policy." + layer + ".state", state, size.width());
      writer.tensor("policy." + layer + ".readout", new float[READOUTS], READOUTS);
      writer.tensor("policy." + layer + ".bias", new float[] {biases[layer - 1]}, 1);
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

  /** What the sigmoid was taken of. */
  private static double score(ExitTrace trace, int exit) {
    double preference = trace.preferences()[exit];
    return Math.log(preference / (1 - preference));
  }
}
