package org.sparkadept.decoder.exit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.LabelSet;

/** Answers of several labels, compared with an enumeration of all sets. */
class MultiLabelRuleTest {
  private static final int LABELS = 5;
  private static final double TOLERANCE = 1e-5;

  private static ExitReadout readout(float[] thresholds, float... logits) {
    return readout(null, thresholds, logits);
  }

  private static ExitReadout readout(ExitReadout previous, float[] thresholds, float... logits) {
    return new HeadScores(logits, 0, logits.length, logits.length, LabelRule.multiLabel(thresholds))
        .readout(1, previous);
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  @Test
  void figuresAreThoseOfTheDistributionOverAllSets() {
    Random random = TestSeed.random();
    for (int trial = 0; trial < 200; trial++) {
      float[] logits = new float[LABELS];
      float[] thresholds = new float[LABELS];
      double[] moved = new double[LABELS];
      int expected = 0;
      for (int label = 0; label < LABELS; label++) {
        logits[label] = (float) (3 * random.nextGaussian());
        thresholds[label] = 0.02f + 0.96f * random.nextFloat();
        double t = thresholds[label];
        moved[label] = sigmoid(logits[label] - Math.log(t / (1 - t)));
        expected |= sigmoid(logits[label]) >= t ? 1 << label : 0;
      }
      int best = 0;
      double entropy = 0;
      double[] sets = new double[1 << LABELS];
      for (int set = 0; set < sets.length; set++) {
        sets[set] = 1;
        for (int label = 0; label < LABELS; label++) {
          sets[set] *= (set >> label & 1) == 1 ? moved[label] : 1 - moved[label];
        }
        best = sets[set] > sets[best] ? set : best;
        entropy -= sets[set] * Math.log(sets[set]);
      }
      double least = 1;
      for (double p : moved) {
        least = Math.min(least, Math.max(p, 1 - p));
      }
      ExitReadout found = readout(thresholds, logits);
      assertEquals(expected, best, "the answer is the most probable set");
      assertEquals(expected, bits(found.labels()));
      assertEquals(least, found.probability(), TOLERANCE);
      assertEquals(least - (1 - sets[best]), found.margin(), TOLERANCE);
      assertEquals(entropy / (LABELS * Math.log(2)), found.entropy(), TOLERANCE);
      double highest = 0;
      for (int i = 0; i < found.labels().size(); i++) {
        double p = sigmoid(logits[found.labels().get(i)]);
        assertEquals(p, found.scores()[i], TOLERANCE);
        highest = Math.max(highest, p);
      }
      assertEquals(highest, found.score(), TOLERANCE);
      assertEquals(found.labels().size() == 0, found.label() == -1);
    }
  }

  private static int bits(LabelSet labels) {
    int bits = 0;
    for (int i = 0; i < labels.size(); i++) {
      bits |= 1 << labels.get(i);
    }
    return bits;
  }

  @Test
  void aScoreAtItsThresholdReachesIt() {
    float score =
        new HeadScores(new float[] {0.3f}, 0, 1, 1, LabelRule.multiLabel(1)).probabilities()[0];
    float above = Math.nextUp(score);
    assertEquals(
        LabelSet.of(0, 1), readout(new float[] {score, 0.5f, above}, 0.3f, 0, 0.3f).labels());
  }

  @Test
  void theRowIsAsSettledAsItsLeastSettledLabel() {
    float[] thresholds = {0.5f, 0.9f};
    float far = readout(thresholds, 9, -9).probability();
    float near = readout(thresholds, 9, 2).probability();
    assertTrue(near < 0.56f && far > 0.999f, near + " and " + far);
  }

  @Test
  void aStreakCountsExitsThatGaveTheSameSet() {
    float[] thresholds = {0.5f, 0.5f};
    ExitReadout first = readout(thresholds, 1, 2);
    ExitReadout second = readout(first, thresholds, 2, 1);
    ExitReadout third = readout(second, thresholds, 2, -1);
    assertArrayEquals(
        new int[] {1, 2, 1}, new int[] {first.streak(), second.streak(), third.streak()});
    ExitReadout none = readout(third, thresholds, -2, -1);
    assertEquals(LabelSet.NONE, none.labels());
    assertEquals(2, readout(none, thresholds, -1, -1).streak(), "no label is an answer, too");
  }

  @Test
  void hugeLogitsDoNotOverflowAndOthersShow() {
    float[] thresholds = {0.5f, 0.5f};
    ExitReadout certain = readout(thresholds, 1e30f, -1e30f);
    assertEquals(1f, certain.probability());
    assertEquals(1f, certain.margin());
    assertEquals(0f, certain.entropy());
    for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      assertTrue(Float.isNaN(readout(thresholds, 1, broken).probability()));
    }
    for (AdeptPolicy.Features features : AdeptPolicy.Features.values()) {
      for (float value : features.of(certain)) {
        assertTrue(Float.isFinite(value));
      }
    }
  }

  @Test
  void theLossIsTheCrossEntropyOfAllLabels() {
    float[] probabilities = {0.9f, 0.2f, 0.6f};
    double expected = -Math.log(0.9) - Math.log(0.8) - Math.log(0.4);
    LabelRule rule = LabelRule.multiLabel(3);
    assertEquals(expected, rule.loss(probabilities, LabelSet.of(0)), 1e-6);
    assertEquals(
        -Math.log(0.1) - Math.log(0.8) - Math.log(0.4),
        rule.loss(probabilities, LabelSet.NONE),
        1e-6);
    assertTrue(Double.isFinite(rule.loss(new float[] {1, 0, 0}, LabelSet.of(1, 2))));
    assertEquals(-Math.log(0.2), LabelRule.SINGLE_LABEL.loss(probabilities, LabelSet.of(1)), 1e-6);
  }

  @Test
  void thresholdsLieBetween0And1() {
    for (float wrong : new float[] {0, 1, -0.5f, Float.NaN}) {
      assertThrows(
          IllegalArgumentException.class, () -> LabelRule.multiLabel(new float[] {0.5f, wrong}));
    }
  }
}
