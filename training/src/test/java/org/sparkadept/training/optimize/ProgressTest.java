package org.sparkadept.training.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void isStepsTakenOverStepsPlannedWithoutALimit() {
    Progress progress = new Progress(200, Double.POSITIVE_INFINITY, 0, 0);
    for (int step = 0; step < 200; step++) {
      assertEquals(step / 200.0, progress.value(), 1e-9);
      assertFalse(progress.finished(step, step));
      progress.advance(step, step, 1);
    }
    assertTrue(progress.finished(200, 200));
  }

  @Test
  void reachesTheEndWhenTimeIsUpThoughTheMachineGetsSlowerAndFaster() {
    Progress progress = new Progress(1_000_000, 600, 0, 0);
    double elapsed = 0;
    long step = 0;
    double before = 0;
    while (!progress.finished(step, elapsed)) {
      double seconds = step > 100 && step < 200 ? 2 : 0.5;
      before = progress.value();
      progress.advance(step++, elapsed, seconds);
      elapsed += seconds;
      assertTrue(progress.value() >= before);
    }
    assertTrue(before > 0.98, "progress of the last step " + before);
    assertTrue(elapsed < 603);
  }

  @Test
  void learningRateRisesThenFallsAndTheLanguageLossEnds() {
    Hyperparameters parameters =
        new Hyperparameters(1, 1, 8, 1e-3, 0.1, 0.1, 0, 0, 0, 0.4, 0.5, 1, 1, 0.9);
    assertEquals(0.5e-3, parameters.learningRateAt(0.05), 1e-9);
    assertEquals(1e-3, parameters.learningRateAt(0.1), 1e-9);
    assertEquals(1e-5, parameters.learningRateAt(1), 1e-9);
    assertEquals(0.2, parameters.languageWeightAt(0.25), 1e-9);
    assertEquals(0, parameters.languageWeightAt(0.6));
  }
}
