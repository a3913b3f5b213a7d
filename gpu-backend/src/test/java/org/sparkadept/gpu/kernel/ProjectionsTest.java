package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.compute.WeightPrecision;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class ProjectionsTest {
  private static final int ARENA = 300;

  /** Shapes below, at and above the edges of a tile; every epilogue and activation; no tokens. */
  static Stream<Arguments> shapesAndPrecisions() {
    int[][] shapes = {
      {1, 1, 1, 0, 0, 0},
      {5, 7, 3, 1, 0, 0},
      {64, 16, 64, 2, 0, 0},
      {65, 17, 65, 3, 0, 0},
      {130, 96, 70, 3, 1, 0},
      {63, 33, 129, 3, 2, 1},
      {66, 24, 37, 4, 0, 0},
      {20, 64, 128, 4, 3, 1},
      {129, 50, 30, 1, 0, 1},
      {0, 24, 37, 0, 0, 0}
    };
    return Stream.of(WeightPrecision.F32, WeightPrecision.F16)
        .flatMap(precision -> Stream.of(shapes).map(shape -> Arguments.of(precision, shape)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("shapesAndPrecisions")
  void everyTokenIsProjected(WeightPrecision precision, int[] shape) {
    TestDevice.withOrSkip(precision);
    int tokens = shape[0];
    int in = shape[1];
    int out = shape[2];
    int epilogue = shape[3];
    int activation = shape[4];
    int inPlace = shape[5];
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int bias = random.nextBoolean() ? 5 : -1;
    int weight = random.nextInt(9);
    IntArray call = KernelRun.call(tokens, in, out, weight, bias, epilogue, activation, inPlace);
    IntArray places = KernelRun.places(random, tokens, ARENA);
    FloatArray x = KernelRun.random(random, ARENA * in);
    HalfFloatArray halves = KernelRun.randomHalves(random, weight + out * in);
    boolean halved = precision == WeightPrecision.F16;
    FloatArray weights =
        halved ? KernelRun.widened(halves) : KernelRun.random(random, weight + out * in);
    FloatArray vectors = KernelRun.random(random, 5 + out);
    FloatArray y = KernelRun.random(random, ARENA * out);
    float[] expected = KernelRun.copy(y);
    for (int i = 0; i < tokens; i++) {
      int from = (inPlace == 1 ? places.get(i) : i) * in;
      for (int o = 0; o < out; o++) {
        double sum = bias < 0 ? 0 : vectors.get(bias + o);
        for (int k = 0; k < in; k++) {
          sum += (double) weights.get(weight + o * in + k) * x.get(from + k);
        }
        boolean arena =
            epilogue == Projections.STORE_IN_PLACE || epilogue == Projections.ADD_IN_PLACE;
        int at = (arena ? places.get(i) : i) * out + o;
        expected[at] = (float) finish(epilogue, activation, sum, expected[at]);
      }
    }
    WorkerGrid grid = KernelRun.squares(tiles(out), tiles(tokens), Projections.GROUP);
    int section = Call.section(0);
    if (halved) {
      KernelRun.run(
          grid,
          (graph, context) ->
              graph.task(
                  "kernel",
                  Projections::projectTokensByHalves,
                  context,
                  call,
                  section,
                  places,
                  x,
                  halves,
                  vectors,
                  y),
          call,
          places,
          x,
          halves,
          vectors,
          y);
    } else {
      KernelRun.run(
          grid,
          (graph, context) ->
              graph.task(
                  "kernel",
                  Projections::projectTokens,
                  context,
                  call,
                  section,
                  places,
                  x,
                  weights,
                  vectors,
                  y),
          call,
          places,
          x,
          weights,
          vectors,
          y);
    }
    for (int i = 0; i < expected.length; i++) {
      float tolerance = 1e-4f * (1 + Math.abs(expected[i]));
      assertEquals(expected[i], y.get(i), tolerance, "seed " + seed + ", at " + i);
    }
  }

  private static int tiles(int count) {
    return Math.max(1, (count + Projections.TILE - 1) / Projections.TILE);
  }

  private static double finish(int epilogue, int activation, double sum, double there) {
    return switch (epilogue) {
      case Projections.ADD_IN_PLACE -> sum + there;
      case Projections.ACTIVATE -> activate(activation, sum);
      case Projections.GATE -> sum * activate(activation, there);
      default -> sum;
    };
  }

  private static double activate(int activation, double x) {
    return switch (activation) {
      case Projections.SILU -> x / (1 + Math.exp(-x));
      case Projections.GELU -> x * normalDistribution(x);
      case Projections.GELU_TANH ->
          0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      default -> Math.max(0, x);
    };
  }

  /** Simpson's rule from far below. */
  private static double normalDistribution(double x) {
    double from = -10;
    if (x <= from) {
      return 0;
    }
    int steps = 2000;
    double width = (x - from) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double z = from + i * width;
      int times = i == 0 || i == steps ? 1 : i % 2 == 0 ? 2 : 4;
      sum += times * Math.exp(-z * z / 2);
    }
    return sum * width / 3 / Math.sqrt(2 * Math.PI);
  }
}
