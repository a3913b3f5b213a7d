package org.sparkadept.decoder.compute.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.TestSeed;

/** Against the formula in double precision, on fresh random input. */
class SoftmaxTest {
  /** Relative; half of it is the rounding of scores as far apart as 86. */
  private static final double TOLERANCE = 2e-5;

  @ParameterizedTest
  @ValueSource(floats = {0.01f, 1, 10, 80})
  void matchesTheFormula(float spread) {
    Random random = TestSeed.random();
    for (int count : new int[] {1, 2, 15, 16, 17, 300}) {
      float[] values = new float[count + 5];
      double[] expected = new double[count];
      double sum = 0;
      for (int i = 0; i < count; i++) {
        values[3 + i] = spread * random.nextFloat() - spread / 3;
        expected[i] = Math.exp(values[3 + i]);
        sum += expected[i];
      }

      Softmax.apply(values, 3, count);

      for (int i = 0; i < count; i++) {
        double weight = expected[i] / sum;
        assertEquals(weight, values[3 + i], TOLERANCE * weight);
      }
      assertEquals(0, values[2]);
      assertEquals(0, values[3 + count]);
    }
  }

  @Test
  void givesNothingToScoresFarBelow() {
    float[] values = {-1e30f, 3, Float.NEGATIVE_INFINITY, -200};
    Softmax.apply(values, 0, 4);
    assertArrayEquals(new float[] {0, 1, 0, 0}, values, 1e-37f);
  }

  @Test
  void doesNotHideWhatIsNoNumber() {
    for (float spoilt : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] values = {1, spoilt, 2};
      Softmax.apply(values, 0, 3);
      assertTrue(Float.isNaN(values[0]) && Float.isNaN(values[1]) && Float.isNaN(values[2]));
    }
  }
}
