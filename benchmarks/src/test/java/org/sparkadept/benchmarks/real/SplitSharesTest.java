package org.sparkadept.benchmarks.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.calibrate.RiskTarget;

class SplitSharesTest {
  private static final RiskTarget TARGET = new RiskTarget(RiskTarget.Kind.DISAGREEMENT, 0.01, 0.05);

  /** P(Bin(n, p) ≤ k), term by term. */
  private static double tail(long n, double p, long k) {
    double term = Math.pow(1 - p, n);
    double sum = 0;
    for (long i = 0; i <= k; i++) {
      sum += term;
      term *= (double) (n - i) / (i + 1) * p / (1 - p);
    }
    return sum;
  }

  private static SplitShares of(long rows, double share) {
    return SplitShares.of("some", rows, share, TARGET);
  }

  @Test
  void theRowsAreTheLeastWithWhichSoManyDisagreementsPass() {
    RiskTarget target = new RiskTarget(RiskTarget.Kind.DISAGREEMENT, 0.01, 0.025);
    for (int k = 0; k < 5; k++) {
      long rows = SplitShares.rowsFor(k, 0.01, 0.025);
      assertTrue(tail(rows, 0.01, k) <= 0.025, k + " of " + rows);
      assertTrue(tail(rows - 1, 0.01, k) > 0.025, k + " of " + rows);
      assertEquals(k, target.mostViolations(rows));
      assertEquals(k - 1, target.mostViolations(rows - 1));
    }
  }

  @Test
  void manyRowsAreSplitAsByDefault() {
    SplitShares shares = of(10_000, Double.NaN);
    assertEquals(0.6, shares.train(), 1e-9);
    assertEquals(0.2, shares.validation(), 1e-9);
    assertEquals(2_000, shares.calibrationRows());
  }

  @Test
  void ofFewRowsMoreAreForCalibration() {
    SplitShares shares = of(2_000, Double.NaN);
    double calibration = 1 - shares.train() - shares.validation();
    assertTrue(calibration > 0.2 && calibration < 0.5, shares.toString());
    assertEquals(3, shares.train() / shares.validation(), 1e-2);
    assertTrue(shares.disagreements() >= 2, shares.toString());
    assertEquals(0.5, of(1_000, Double.NaN).calibrationRows() / 1e3, 1e-9);
  }

  @Test
  void aShareThatIsGivenIsTaken() {
    assertEquals(800, of(2_000, 0.4).calibrationRows());
  }

  @Test
  void tooFewRowsAreRefusedWithTheNumberThatIsEnough() {
    AdeptException e = assertThrows(AdeptException.class, () -> of(300, Double.NaN));
    assertTrue(e.getMessage().contains("at least 368"), e.getMessage());
    assertThrows(AdeptException.class, () -> of(10_000, 1.0));
    assertThrows(AdeptException.class, () -> of(10_000, 0.0));
  }
}
