package org.sparkadept.benchmarks.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;

class WilsonIntervalTest {
  /** At an end, the share that was found is 1.96 standard deviations of that end away. */
  @Test
  void theEndsAreTheSharesThatTheScoreTestJustRejects() {
    Random random = TestSeed.random();
    for (int i = 0; i < 50; i++) {
      int rows = 1 + random.nextInt(5_000);
      double share = (double) random.nextInt(rows + 1) / rows;
      WilsonInterval interval = WilsonInterval.of(share, rows);
      for (double end : new double[] {interval.low(), interval.high()}) {
        double deviation = Math.sqrt(Math.max(0, end * (1 - end)) / rows);
        assertEquals(
            1.959963984540054 * deviation, Math.abs(share - end), 1e-7, share + " " + rows);
      }
      assertTrue(interval.low() < interval.high());
    }
  }
}
