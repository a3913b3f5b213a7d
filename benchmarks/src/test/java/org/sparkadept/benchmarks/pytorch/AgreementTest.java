package org.sparkadept.benchmarks.pytorch;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;

class AgreementTest {
  private static final double[][] REFERENCE = {{1, 0, -1}, {2, -4, 2.5}};

  @Test
  void probabilitiesGiveTheLogitsButForAConstant() {
    double sum = Math.exp(2) + Math.exp(-4) + Math.exp(2.5);
    float[] probabilities = {
      (float) (Math.exp(2) / sum), (float) (Math.exp(-4) / sum), (float) (Math.exp(2.5) / sum)
    };

    Agreement agreement =
        Agreement.of(new double[][] {{8, 7, 6}, Agreement.logits(probabilities)}, REFERENCE);

    assertEquals(0, agreement.difference(), 1e-6);
    assertEquals(1, agreement.sameLabel());
  }

  @Test
  void theDifferenceIsOfTheRowsLargestLogit() {
    Agreement agreement = Agreement.of(new double[][] {{1, 0, -1}, {2.6, -4, 1.9}}, REFERENCE);

    double largest = 4 + 0.5 / 3;
    assertEquals((0.6 + 0.1 / 3 - 0.1 / 3) / largest, agreement.difference(), 1e-2);
    assertEquals(1, agreement.row());
    assertEquals(0.5, agreement.sameLabel());
  }

  @Test
  void moreThanTheToleranceFails() {
    Agreement agreement = new Agreement(0.002, 17, 1);

    assertDoesNotThrow(() -> agreement.require("none", 0.002));
    AdeptException e =
        assertThrows(AdeptException.class, () -> agreement.require("Policy none", 0.001));
    assertTrue(e.getMessage().contains("Policy none does not compute"), e.getMessage());
    assertTrue(e.getMessage().contains("row 17 differ by 2.00e-03"), e.getMessage());
  }

  @Test
  void whatIsNoNumberFails() {
    Agreement lost = Agreement.of(new double[][] {{1, 0, -1}, {Double.NaN, 1, 2}}, REFERENCE);

    assertEquals(1, lost.row());
    assertThrows(AdeptException.class, () -> lost.require("none", 1e9));
    float[] impossible = {0, 0.5f, 0.5f};
    Agreement infinite = Agreement.of(new double[][] {Agreement.logits(impossible)}, REFERENCE);
    assertThrows(AdeptException.class, () -> infinite.require("none", 1e9));
  }
}
