package org.sparkadept.decoder.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class OracleRotaryTest {

  private static final double TURN = 2 * Math.PI;

  @Test
  void nothingIsTurnedAtPositionZero() {
    double[] head = {1, -2, 3, 0.5};
    assertArrayEquals(head, OracleRotary.rotate(head, new double[] {1, 0.01}, 0), 0);
  }

  @Test
  void aQuarterTurnMovesTheFirstHalfIntoTheSecond() {
    double[] turned = OracleRotary.rotate(new double[] {1, 2, 3, 4}, quarterAndNone(), 1);
    assertArrayEquals(new double[] {-3, 2, 1, 4}, turned, 1e-15);
  }

  @Test
  void productsDependOnTheDistanceOnly() {
    double[] inverse = {0.7, 0.03};
    double[] q = {1, 2, -1, 0.5};
    double[] k = {0.3, -1, 2, 1};
    double near = dot(OracleRotary.rotate(q, inverse, 9), OracleRotary.rotate(k, inverse, 4));
    double far = dot(OracleRotary.rotate(q, inverse, 25), OracleRotary.rotate(k, inverse, 20));
    assertEquals(near, far, 1e-12);
  }

  @Test
  void plainFrequenciesFallFromOneByPowersOfTheta() {
    ObjectNode config = JsonNodeFactory.instance.objectNode().put("rope_theta", 10000.0);
    assertArrayEquals(
        new double[] {1, 0.1, 0.01, 0.001}, OracleRotary.inverseFrequencies(config, 8), 1e-15);
  }

  @Test
  void linearScalingDividesAllFrequencies() {
    ObjectNode config = JsonNodeFactory.instance.objectNode().put("rope_theta", 10000.0);
    config.putObject("rope_scaling").put("type", "linear").put("factor", 4.0);
    assertArrayEquals(
        new double[] {0.25, 0.0025}, OracleRotary.inverseFrequencies(config, 4), 1e-15);
  }

  // Factor 8, low 1, high 4, old length 16: waves below 16/4 are kept, above 16/1 stretched by 8.
  @Test
  void llama3KeepsShortWaves() {
    assertEquals(TURN / 3, llama3OfWavelength(3), 1e-12);
  }

  @Test
  void llama3StretchesLongWaves() {
    assertEquals(TURN / 20 / 8, llama3OfWavelength(20), 1e-12);
  }

  @Test
  void llama3MixesWavesBetween() {
    // smooth = (16/8 - 1) / (4 - 1) = 1/3; (2/3)/8 + 1/3 = 5/12 of the frequency
    assertEquals(TURN / 8 * 5 / 12, llama3OfWavelength(8), 1e-12);
    // The first frequency is 1: smooth = (16/2π - 1) / 3 = 0.5154930; 0.4845070/8 + 0.5154930
    assertEquals(0.5760564, llama3(5)[0], 1e-6);
  }

  /** The scaled second frequency of a head of 4, with theta such that its wave is this long. */
  private static double llama3OfWavelength(double wavelength) {
    return llama3(wavelength)[1];
  }

  private static double[] llama3(double wavelength) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("rope_theta", Math.pow(wavelength / TURN, 2)); // 1/theta^(2/4) = 2π/wavelength
    ObjectNode scaling = config.putObject("rope_scaling");
    scaling.put("rope_type", "llama3").put("factor", 8.0);
    scaling.put("low_freq_factor", 1.0).put("high_freq_factor", 4.0);
    scaling.put("original_max_position_embeddings", 16);
    return OracleRotary.inverseFrequencies(config, 4);
  }

  private static double[] quarterAndNone() {
    return new double[] {Math.PI / 2, 0};
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
