package org.sparkadept.decoder.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class OracleMathTest {

  @Test
  void activationsHaveTheirPublishedValues() {
    assertEquals(0.7310585786300049, OracleMath.activation("silu", 1), 1e-15);
    assertEquals(0.8413447460685429, OracleMath.activation("gelu", 1), 1e-14); // 1 · Φ(1)
    assertEquals(0.8411919906082768, OracleMath.activation("gelu_new", 1), 1e-14);
    assertEquals(0, OracleMath.activation("relu", -2), 0);
  }

  @Test
  void errorFunctionHasItsTabulatedValues() {
    assertEquals(0.5204998778130465, OracleMath.erf(0.5), 1e-15);
    assertEquals(-0.9953222650189527, OracleMath.erf(-2), 1e-14);
    assertEquals(0.9999999999999999, OracleMath.erf(5.9), 1e-14);
    assertEquals(1, OracleMath.erf(7), 0);
  }

  @Test
  void rmsNormDividesByTheRootOfTheMeanSquare() {
    double[] normed = OracleMath.rmsNorm(new double[] {1, 2}, 0.5, new double[] {3, 4});
    double root = Math.sqrt(12.5 + 0.5);
    assertArrayEquals(new double[] {3 / root, 8 / root}, normed, 1e-15);
  }

  @Test
  void layerNormCentresAndScales() {
    double[] normed =
        OracleMath.layerNorm(
            new double[] {1, 2, 1}, new double[] {0, 0, 5}, 0, new double[] {1, 4, 7});
    double deviation = Math.sqrt(6); // of 1, 4, 7 around 4, over n
    assertArrayEquals(new double[] {-3 / deviation, 0, 5 + 3 / deviation}, normed, 1e-15);
  }

  @Test
  void conv1dIsLinearWithTheWeightTransposed() {
    double[] x = {1, 10};
    double[] bias = {0.5, 0, 0};
    double[] byRows = OracleMath.linear(new double[] {1, 2, 3, 4, 5, 6}, bias, x);
    double[] byColumns = OracleMath.conv1d(new double[] {1, 3, 5, 2, 4, 6}, bias, x);
    assertArrayEquals(new double[] {21.5, 43, 65}, byRows, 1e-12);
    assertArrayEquals(byRows, byColumns, 1e-12);
  }

  @Test
  void softmaxKeepsRatiosOfExponentials() {
    double[] scores = {1000 + Math.log(1), 1000 + Math.log(3)};
    OracleMath.softmax(scores);
    assertArrayEquals(new double[] {0.25, 0.75}, scores, 1e-12);
  }
}
