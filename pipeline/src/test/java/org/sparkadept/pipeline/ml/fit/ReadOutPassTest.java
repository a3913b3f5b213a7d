package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.TestTrace;
import org.sparkadept.pipeline.calibrate.RiskTarget;

class ReadOutPassTest {
  /** Two exits that say label 1, then full depth, which says 0. */
  private static float[] utilities(int truth, RiskTarget.Kind target) {
    return ReadOutPass.utilities(
        TestTrace.of(new int[] {1, 1, 0}, new float[3], new long[] {10, 50, 100}).readouts(),
        new float[] {0.1f, 0.5f, 1},
        truth,
        2,
        0.5,
        target);
  }

  @Test
  void leavingIsWorthNoViolationLessItsCost() {
    float[] free = {-0.05f, -0.25f, -0.5f};
    float[] violating = {-2.05f, -2.25f, -0.5f};
    assertArrayEquals(violating, utilities(0, RiskTarget.Kind.DISAGREEMENT), 1e-6f);
    assertArrayEquals(violating, utilities(1, RiskTarget.Kind.DISAGREEMENT), 1e-6f);
    assertArrayEquals(violating, utilities(0, RiskTarget.Kind.ACCURACY_LOSS), 1e-6f);
    assertArrayEquals(free, utilities(1, RiskTarget.Kind.ACCURACY_LOSS), 1e-6f);
  }
}
