package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.pipeline.TestTrace;
import org.sparkadept.pipeline.calibrate.RiskTarget;

class ReadOutPassTest {
  /** Two exits that say label 1, then full depth, which says 0. */
  private static byte[] violations(int truth, RiskTarget.Kind target) {
    ExitReadout[] readouts =
        TestTrace.of(new int[] {1, 1, 0}, new float[3], new long[] {10, 50, 100}).readouts();
    return ReadOutPass.violations(readouts, truth, target);
  }

  @Test
  void answersViolateWhatTheGuaranteeBounds() {
    byte[] free = {0, 0, 0};
    byte[] violating = {1, 1, 0};
    assertArrayEquals(violating, violations(0, RiskTarget.Kind.DISAGREEMENT));
    assertArrayEquals(violating, violations(1, RiskTarget.Kind.DISAGREEMENT));
    assertArrayEquals(violating, violations(0, RiskTarget.Kind.ACCURACY_LOSS));
    assertArrayEquals(free, violations(1, RiskTarget.Kind.ACCURACY_LOSS));
  }
}
