package org.sparkadept.decoder.exit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.result.ExitReadout;

class HeadScoresTest {
  private static HeadScores scores(float[] values, int from, int labels, int outputs) {
    return new HeadScores(values, from, labels, outputs, LabelRule.SINGLE_LABEL);
  }

  @Test
  void readsTheTopOfTheSoftmaxOfItsRow() {
    float[] logits = {9, 9, 9, 0, (float) Math.log(3), 0};
    ExitReadout readout = scores(logits, 3, 3, 3).readout(2, null);
    assertEquals(2, readout.layer());
    assertEquals(1, readout.label());
    assertEquals(0.6f, readout.probability(), 1e-6f);
  }

  @Test
  void hugeLogitsDoNotOverflow() {
    assertEquals(1f, scores(new float[] {1e30f, -1e30f}, 0, 2, 2).readout(1, null).probability());
  }

  @Test
  void aLogitThatIsNotFiniteShowsInTheProbability() {
    float infinity = Float.POSITIVE_INFINITY;
    assertTrue(
        Float.isNaN(scores(new float[] {Float.NaN, 1}, 0, 2, 2).readout(1, null).probability()));
    assertTrue(
        Float.isNaN(scores(new float[] {1, Float.NaN}, 0, 2, 2).readout(1, null).probability()));
    assertTrue(
        Float.isNaN(scores(new float[] {1, infinity}, 0, 2, 2).readout(1, null).probability()));
  }

  @Test
  void marginAndEntropyAreThoseOfTheSoftmax() {
    float[] logits = {0, (float) Math.log(3), 0};
    ExitReadout readout = scores(logits, 0, 3, 3).readout(2, null);
    assertEquals(0.4f, readout.margin(), 1e-6f);
    double entropy = -(0.6 * Math.log(0.6) + 2 * 0.2 * Math.log(0.2)) / Math.log(3);
    assertEquals(entropy, readout.entropy(), 1e-6);
    assertEquals(1f, scores(new float[4], 0, 4, 4).readout(1, null).entropy(), 1e-6f);
    assertEquals(0f, scores(new float[] {900, 0}, 0, 2, 2).readout(1, null).entropy());
  }

  @Test
  void theStateScoreStandsBehindTheLogits() {
    float[] scores = {1, 2, 7, 2, 1, -3};
    assertEquals(-3f, scores(scores, 3, 2, 3).readout(1, null).stateScore());
    assertEquals(0, scores(scores, 3, 2, 3).readout(1, null).label());
    assertTrue(Float.isNaN(scores(scores, 3, 3, 3).readout(1, null).stateScore()));
  }

  @Test
  void aStreakCountsExitsThatGaveTheSameLabel() {
    ExitReadout first = scores(new float[] {0, 1}, 0, 2, 2).readout(1, null);
    ExitReadout second = scores(new float[] {0, 2}, 0, 2, 2).readout(2, first);
    ExitReadout third = scores(new float[] {3, 2}, 0, 2, 2).readout(3, second);
    assertEquals(1, first.streak());
    assertEquals(2, second.streak());
    assertEquals(1, third.streak());
  }
}
