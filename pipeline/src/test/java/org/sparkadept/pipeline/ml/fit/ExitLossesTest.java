package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;

class ExitLossesTest {
  private static final int ROWS = 900;

  /** Losses of two exits that differ by a mean and have noise in common, and noise of their own. */
  private static ExitLosses losses(double difference, double common, double own) {
    Random random = TestSeed.random();
    ExitLosses first = new ExitLosses(2);
    ExitLosses second = new ExitLosses(2);
    for (int i = 0; i < ROWS; i++) {
      double shared = common * random.nextGaussian();
      double noise = i % 2 == 0 ? own : -own;
      (i % 3 == 0 ? first : second).add(new double[] {5 + shared + difference + noise, 5 + shared});
    }
    return first.add(second);
  }

  @Test
  void meansAreThoseOfAllRows() {
    ExitLosses losses = losses(0.5, 0, 0.1);
    assertEquals(5.5, losses.mean(0), 1e-9);
    assertEquals(5, losses.mean(1), 1e-9);
  }

  /** Exits answer the same rows: what these have in common is no error of the difference. */
  @Test
  void theShallowestWithinOneStandardErrorOfTheBestIsTaken() {
    double error = 1 / Math.sqrt(ROWS);
    assertEquals(1, losses(1.1 * error, 3, 1).shallowestOfTheBest());
    assertEquals(0, losses(0.9 * error, 3, 1).shallowestOfTheBest());
    assertEquals(0, losses(-1, 3, 1).shallowestOfTheBest());
  }
}
