package org.sparkadept.decoder.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FormulasTest {
  @Test
  void theErrorFunctionMatchesItsTable() {
    // Abramowitz and Stegun, table 7.1
    assertEquals(0, Formulas.erf(0));
    assertEquals(0.5204998778, Formulas.erf(0.5), 1e-10);
    assertEquals(0.8427007929, Formulas.erf(1), 1e-10);
    assertEquals(0.9953222650, Formulas.erf(2), 1e-10);
    assertEquals(-0.9999779095, Formulas.erf(-3), 1e-10);
    assertEquals(0.9999999846, Formulas.erf(4), 1e-10);
  }

  @Test
  void activationsMatchValuesWorkedOutByHand() {
    assertEquals(0.7310585786, Formulas.activate(Activation.SILU, 1), 1e-6);
    assertEquals(0.8413447461, Formulas.activate(Activation.GELU, 1), 1e-6);
    assertEquals(0.8411919906, Formulas.activate(Activation.GELU_TANH, 1), 1e-6);
    assertEquals(0, Formulas.activate(Activation.RELU, -2));
    assertEquals(2, Formulas.activate(Activation.RELU, 2));
  }

  @Test
  void aQuarterTurnSwapsTheHalves() {
    float[] x = {1, 2, 3, 4};
    Formulas.rotate(x, 0, new float[] {0, 0}, new float[] {1, 1});
    assertArrayEquals(new float[] {-3, -4, 1, 2}, x);
  }
}
