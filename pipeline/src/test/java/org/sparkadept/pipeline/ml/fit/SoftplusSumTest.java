package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;

class SoftplusSumTest {
  @Test
  void itIsTheSumOfTheLogarithms() {
    Random random = TestSeed.random();
    SoftplusSum sum = new SoftplusSum();
    double expected = 0;
    for (int i = 0; i < 5_000; i++) {
      double z = i % 3 == 0 ? 1e-3 * random.nextGaussian() : 30 * random.nextGaussian();
      assertEquals(Math.exp(-Math.abs(z)), sum.add(z));
      expected += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
      assertEquals(expected, sum.sum(), 1e-12 * (1 + expected) * Math.sqrt(i + 1));
    }
  }

  @Test
  void whatNoDoubleCouldHoldIsSummed() {
    SoftplusSum sum = new SoftplusSum();
    sum.add(-1e4);
    assertEquals(0, sum.sum());
    sum.add(1e4);
    assertEquals(1e4, sum.sum());
  }
}
