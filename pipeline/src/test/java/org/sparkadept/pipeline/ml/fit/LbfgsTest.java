package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;

class LbfgsTest {
  private static final int SIZE = 12;

  /** Σ c·(x − m)², with c from 1 to 100. */
  @Test
  void theMinimumOfAQuadraticIsFound() {
    Random random = TestSeed.random();
    double[] middle = random.doubles(SIZE, -3, 3).toArray();
    double[] curvature = random.doubles(SIZE, 1, 100).toArray();
    Lbfgs.Objective quadratic =
        (x, gradient) -> {
          double value = 0;
          for (int i = 0; i < SIZE; i++) {
            gradient[i] = 2 * curvature[i] * (x[i] - middle[i]);
            value += curvature[i] * (x[i] - middle[i]) * (x[i] - middle[i]);
          }
          return value;
        };
    assertArrayEquals(middle, Lbfgs.minimize(quadratic, SIZE, 200, 1e-9), 1e-6);
  }

  @Test
  void eachIterationLowersTheValue() {
    double[] values = new double[6];
    for (int iterations = 0; iterations < values.length; iterations++) {
      double[] x = Lbfgs.minimize(LbfgsTest::logarithm, 2, iterations, 0);
      values[iterations] = logarithm(x, new double[2]);
    }
    for (int i = 1; i < values.length; i++) {
      assertTrue(values[i] < values[i - 1], "iteration " + i);
    }
  }

  @Test
  void nothingIsDoneWhereTheGradientIsZero() {
    assertArrayEquals(new double[2], Lbfgs.minimize((x, gradient) -> 0, 2, 10, 1e-6));
  }

  /** A step from a value that is not a number is never taken. */
  @Test
  void stepsOutOfTheDomainAreShortened() {
    boolean[] outside = new boolean[1];
    Lbfgs.Objective barrier =
        (x, gradient) -> {
          outside[0] |= x[0] > 0.5;
          gradient[0] = -10 + 1 / (0.5 - x[0]);
          return -10 * x[0] - Math.log(0.5 - x[0]);
        };
    assertEquals(0.4, Lbfgs.minimize(barrier, 1, 50, 1e-9)[0], 1e-6);
    assertTrue(outside[0]);
  }

  private static double logarithm(double[] x, double[] gradient) {
    double first = Math.exp(x[0] - 2) + Math.exp(-x[0]);
    double second = Math.exp(3 * x[1] + 1) + Math.exp(-x[1]);
    gradient[0] = Math.exp(x[0] - 2) - Math.exp(-x[0]);
    gradient[1] = 3 * Math.exp(3 * x[1] + 1) - Math.exp(-x[1]);
    return first + second;
  }
}
