package org.sparkadept.decoder.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExitReadoutTest {
  @Test
  void readsTheTopOfTheSoftmaxOfItsRow() {
    float[] logits = {9, 9, 9, 0, (float) Math.log(3), 0};
    ExitReadout readout = ExitReadout.of(2, logits, 1, 3);
    assertEquals(2, readout.layer());
    assertEquals(1, readout.label());
    assertEquals(0.6f, readout.probability(), 1e-6f);
  }

  @Test
  void hugeLogitsDoNotOverflow() {
    assertEquals(1f, ExitReadout.of(1, new float[] {1e30f, -1e30f}, 0, 2).probability());
  }

  @Test
  void aLogitThatIsNotFiniteShowsInTheProbability() {
    float infinity = Float.POSITIVE_INFINITY;
    assertTrue(Float.isNaN(ExitReadout.of(1, new float[] {Float.NaN, 1}, 0, 2).probability()));
    assertTrue(Float.isNaN(ExitReadout.of(1, new float[] {1, Float.NaN}, 0, 2).probability()));
    assertTrue(Float.isNaN(ExitReadout.of(1, new float[] {1, infinity}, 0, 2).probability()));
  }

  @Test
  void confidenceExitsFromItsThresholdOn() {
    ConfidencePolicy policy = new ConfidencePolicy(0.8f);
    assertTrue(policy.exits(new ExitReadout(1, 0, 0.8f)));
    assertFalse(policy.exits(new ExitReadout(1, 0, 0.79f)));
    assertFalse(policy.exits(new ExitReadout(1, 0, Float.NaN)));
  }
}
