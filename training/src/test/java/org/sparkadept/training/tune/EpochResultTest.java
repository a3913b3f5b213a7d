package org.sparkadept.training.tune;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class EpochResultTest {
  private final EpochResult good = epoch(0.80, 0.90, 0.3);

  @Test
  void halfOfTheChoiceIsTheMostAccurateExit() {
    assertTrue(epoch(0.80, 0.91, 0.4).isBetterThan(good));
    assertFalse(epoch(0.82, 0.89, 0.3).isBetterThan(good));
  }

  @Test
  void aRowLessAtTheBestExitIsWorthMuchAtTheOthers() {
    assertTrue(epoch(0.85, 0.897, 0.3).isBetterThan(good));
  }

  @Test
  void equalsAreToldApartByTheirLosses() {
    assertTrue(epoch(0.80, 0.90, 0.2).isBetterThan(good));
    assertFalse(good.isBetterThan(good));
  }

  private static EpochResult epoch(double shallow, double deep, double loss) {
    return new EpochResult(1, new double[] {shallow, deep}, new double[] {1, loss}, 0);
  }
}
