package org.sparkadept.training.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ExitOutcomesTest {
  /** Four rows, two exits: the first is wrong where its confidence is 0.6, right above. */
  private final ExitOutcomes outcomes =
      new ExitOutcomes(
          new int[] {0, 1, 0, 1},
          new int[][] {{0, 0}, {1, 1}, {0, 0}, {0, 1}},
          new float[][] {{0.9f, 1}, {0.8f, 1}, {0.7f, 1}, {0.6f, 1}});

  @Test
  void countsRightAnswersOfEveryExit() {
    assertEquals(0.75, outcomes.accuracy(0));
    assertEquals(1, outcomes.accuracy(1));
    assertEquals(0.75, outcomes.agreement(0));
  }

  @Test
  void letsRowsLeaveWhereConfidenceReachesTheThreshold() {
    assertEquals(new ExitOutcomes.AtThreshold(0.8, 1, 1, 1.5), outcomes.exitAt(0.8));
    assertEquals(new ExitOutcomes.AtThreshold(0.5, 0.75, 0.75, 1), outcomes.exitAt(0.5));
  }

  @Test
  void picksTheSmallestThresholdThatCostsNoAccuracy() {
    assertEquals(0.605, outcomes.chooseThreshold().threshold(), 1e-9);
  }

  @Test
  void reportsPercentagesAsMarkdown() {
    String perExit = ExitReport.perExit(Map.of("held back", outcomes));
    assertTrue(perExit.contains("| 1 | 75.00 % | 75.00 % |\n"), perExit);
    String atThreshold = ExitReport.atThreshold(Map.of("held back", outcomes), 0.8);
    assertTrue(
        atThreshold.endsWith(
            "| held back | 0.800 | 100.00 % | 100.00 % | 100.00 % | 1.50 of 2 |\n"),
        atThreshold);
  }
}
