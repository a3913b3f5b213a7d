package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.sparkadept.decoder.fixture.TestSeed;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** A random projection: inputs of the kernels, and the expected output. */
public final class ProjectionCase {
  private static final int ARENA = 300;

  private final float[] expected;

  public final IntArray parameters;
  public final IntArray slots;
  public final FloatArray x;
  public final HalfFloatArray halves;
  public final FloatArray weights;
  public final FloatArray vectors;
  public final FloatArray y;
  public final int across;
  public final int down;

  /**
   * @param shape tokens, inputs, outputs, epilogue, activation, whether x is read in place
   * @param halved whether weights are in half precision
   * @param rounded whether x is rounded to half precision
   */
  public ProjectionCase(int[] shape, boolean halved, boolean rounded) {
    int tokens = shape[0];
    int in = shape[1];
    int out = shape[2];
    int epilogue = shape[3];
    int activation = shape[4];
    int bySlot = shape[5];
    Random random = TestSeed.random();
    int bias = random.nextBoolean() ? 5 : -1;
    int weight = random.nextInt(9);
    parameters = KernelRun.parameters(tokens, in, out, weight, bias, epilogue, activation, bySlot);
    slots = KernelRun.slots(random, tokens, ARENA);
    x = KernelRun.random(random, ARENA * in);
    halves = KernelRun.randomHalves(random, weight + out * in);
    weights = halved ? KernelRun.widened(halves) : KernelRun.random(random, weight + out * in);
    vectors = KernelRun.random(random, 5 + out);
    y = KernelRun.random(random, ARENA * out);
    across = tiles(out);
    down = tiles(tokens);
    expected = KernelRun.copy(y);
    for (int i = 0; i < tokens; i++) {
      int from = (bySlot == 1 ? slots.get(i) : i) * in;
      for (int o = 0; o < out; o++) {
        double sum = bias < 0 ? 0 : vectors.get(bias + o);
        for (int k = 0; k < in; k++) {
          float input = x.get(from + k);
          sum += (double) weights.get(weight + o * in + k) * (rounded ? half(input) : input);
        }
        boolean arena =
            epilogue == Projections.STORE_BY_SLOT || epilogue == Projections.ADD_BY_SLOT;
        int at = (arena ? slots.get(i) : i) * out + o;
        expected[at] = (float) finish(epilogue, activation, sum, expected[at]);
      }
    }
  }

  /** Shapes below, at and above the edges of a tile; every epilogue and activation; no tokens. */
  public static Stream<int[]> shapes() {
    return Stream.of(
        new int[][] {
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
        });
  }

  /** An array for the tiles of W·x. */
  public FloatArray products() {
    return new FloatArray(across * down * TensorProjections.TILE * TensorProjections.TILE);
  }

  /** Compares y to the expected output, within 1e-4 absolute and relative. */
  public void assertDone() {
    for (int i = 0; i < expected.length; i++) {
      float tolerance = 1e-4f * (1 + Math.abs(expected[i]));
      assertEquals(expected[i], y.get(i), tolerance, "at " + i);
    }
  }

  private static float half(float value) {
    return Float.float16ToFloat(Float.floatToFloat16(value));
  }

  private static int tiles(int count) {
    return Math.max(1, (count + Projections.TILE - 1) / Projections.TILE);
  }

  private static double finish(int epilogue, int activation, double sum, double old) {
    return switch (epilogue) {
      case Projections.ADD_BY_SLOT -> sum + old;
      case Projections.ACTIVATE -> activate(activation, sum);
      case Projections.GATE -> sum * activate(activation, old);
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
