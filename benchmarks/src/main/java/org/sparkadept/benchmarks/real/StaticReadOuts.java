package org.sparkadept.benchmarks.real;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.result.HeadInputs;

/**
 * Read-outs of the frozen backbone at a fixed layer each, by ridge regression on the train rows.
 *
 * @param readOuts by what they read, then by layer
 */
record StaticReadOuts(List<ReadOut> readOuts) {
  private static final int MOST_LAYERS = 12;
  private static final double HEAP_SHARE = 0.6;

  /**
   * One of them.
   *
   * @param layer from 1
   * @param input what it reads
   * @param ridge chosen by cross-fitting on the train rows
   * @param accuracy share of the test rows with the true label
   * @param compute FLOPs as a share of the checkpoint's full depth
   */
  record ReadOut(int layer, String input, double ridge, double accuracy, double compute) {
    /** The one with the highest accuracy, the cheapest among equals. */
    static ReadOut best(List<ReadOut> readOuts) {
      return readOuts.stream()
          .min(
              Comparator.comparingDouble((ReadOut readOut) -> -readOut.accuracy)
                  .thenComparingDouble(ReadOut::compute))
          .orElseThrow();
    }
  }

  /** The best on the test rows, which nobody could choose beforehand. */
  ReadOut best() {
    return ReadOut.best(readOuts);
  }

  /** At most 12 layers, evenly spaced; the last is the checkpoint's. */
  static int[] layers(int count) {
    int some = Math.min(count, MOST_LAYERS);
    return IntStream.rangeClosed(1, some).map(i -> Math.round((float) count * i / some)).toArray();
  }

  /** Fits and judges them. */
  static StaticReadOuts of(CheckpointPass pass, SampledRows rows, LayerCosts costs) {
    int[] layers = layers(costs.config().layers());
    int width = costs.config().width();
    requireHeap(
        (long) (rows.train().texts().length + rows.test().texts().length)
            * layers.length
            * ExitHead.Input.CLASS_TOKEN_AND_MEAN.size(width)
            * Float.BYTES);
    HeadInputs[] train = pass.headInputs(rows.train().texts(), layers);
    HeadInputs[] test = pass.headInputs(rows.test().texts(), layers);
    int[] trainTruths = usable(rows.truths(rows.train()), train);
    int[] testTruths = usable(rows.truths(rows.test()), test);
    List<ReadOut> readOuts = new ArrayList<>();
    for (ExitHead.Input input : ExitHead.Input.values()) {
      for (int i = 0; i < layers.length; i++) {
        RidgeReadOut readOut =
            new RidgeReadOut(
                states(train, i), input.size(width), trainTruths, rows.labels().size());
        double ridge = readOut.bestRidge();
        double accuracy = readOut.accuracy(ridge, states(test, i), testTruths);
        double compute = costs.share(layers[i], input);
        readOuts.add(new ReadOut(layers[i], input.toString(), ridge, accuracy, compute));
      }
    }
    return new StaticReadOuts(readOuts);
  }

  private static void requireHeap(long bytes) {
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > HEAP_SHARE * heap) {
      throw new AdeptException(
          String.format(
              "The states of the rows take %d MiB, which is too much for a heap of %d MiB; give"
                  + " more by BENCHMARK_MEMORY, or use fewer rows.",
              bytes >> 20, heap >> 20));
    }
  }

  /** The values of the rows that can be scored. */
  private static int[] usable(int[] values, HeadInputs[] inputs) {
    return IntStream.range(0, values.length)
        .filter(row -> inputs[row] != null)
        .map(row -> values[row])
        .toArray();
  }

  private static float[][] states(HeadInputs[] inputs, int exit) {
    return Arrays.stream(inputs)
        .filter(Objects::nonNull)
        .map(row -> row.inputs()[exit])
        .toArray(float[][]::new);
  }
}
