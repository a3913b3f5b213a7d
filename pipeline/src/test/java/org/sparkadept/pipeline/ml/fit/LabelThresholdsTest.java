package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.result.LabelSet;

/** Thresholds of labels, compared with a count of the rows at each threshold. */
class LabelThresholdsTest {
  private static final int LABELS = 4;
  private static final int COUNT = 121;

  private final List<float[]> scores = new ArrayList<>();
  private final List<LabelSet> truths = new ArrayList<>();

  /** Rows of labels of different frequency, the last one rare; none is told for sure. */
  private LabelThresholds rows(int count) {
    Random random = TestSeed.random();
    LabelThresholds first = new LabelThresholds(LABELS);
    LabelThresholds second = new LabelThresholds(LABELS);
    double[] shares = {0.5, 0.2, 0.05, 0.002};
    for (int i = 0; i < count; i++) {
      float[] probabilities = new float[LABELS];
      List<Integer> labels = new ArrayList<>();
      for (int label = 0; label < LABELS; label++) {
        boolean has = i < 5 || random.nextDouble() < shares[label];
        double z = 2 * random.nextGaussian() + (has ? 1 : -2) - 4 * label;
        probabilities[label] = (float) (1 / (1 + Math.exp(-z)));
        if (has) {
          labels.add(label);
        }
      }
      LabelSet truth = LabelSet.of(labels.stream().mapToInt(at -> at).toArray());
      (i % 3 == 0 ? second : first).add(probabilities, truth);
      scores.add(probabilities);
      truths.add(truth);
    }
    return first.add(second);
  }

  /** F1 of some labels at a threshold. */
  private double f1(float threshold, int from, int to) {
    int right = 0;
    int hadAndAnswered = 0;
    for (int i = 0; i < scores.size(); i++) {
      for (int label = from; label < to; label++) {
        boolean has = truths.get(i).contains(label);
        boolean answered = scores.get(i)[label] >= threshold;
        right += has && answered ? 1 : 0;
        hadAndAnswered += (has ? 1 : 0) + (answered ? 1 : 0);
      }
    }
    return hadAndAnswered == 0 ? 0 : 2.0 * right / hadAndAnswered;
  }

  private double best(int from, int to) {
    double best = 0;
    for (int i = 0; i < COUNT; i++) {
      best = Math.max(best, f1(LabelThresholds.threshold(i), from, to));
    }
    return best;
  }

  @Test
  void eachLabelHasTheThresholdOfItsHighestF1() {
    float[] thresholds = rows(2_000).rule().thresholds();
    for (int label = 0; label < 3; label++) {
      assertEquals(best(label, label + 1), f1(thresholds[label], label, label + 1), 1e-12);
    }
    assertTrue(thresholds[0] != thresholds[1] && thresholds[1] != thresholds[2]);
  }

  @Test
  void aRareLabelHasTheThresholdOfAllTogether() {
    float[] thresholds = rows(2_000).rule().thresholds();
    int having = (int) truths.stream().filter(truth -> truth.contains(3)).count();
    assertTrue(having < LabelThresholds.FEW_ROWS, having + " rows");
    assertEquals(best(0, LABELS), f1(thresholds[3], 0, LABELS), 1e-12);
  }

  /** Probabilities that are true: the best threshold is half of the F1 that it reaches. */
  @Test
  void aLabelThatIsHardToTellHasALowThreshold() {
    Random random = TestSeed.random();
    LabelThresholds counts = new LabelThresholds(2);
    double[] centres = {-2, -3};
    double[] spreads = {2, 1.5};
    for (int i = 0; i < 20_000; i++) {
      float[] probabilities = new float[2];
      int[] labels = new int[2];
      int size = 0;
      for (int label = 0; label < 2; label++) {
        double z = centres[label] + spreads[label] * random.nextGaussian();
        probabilities[label] = (float) (1 / (1 + Math.exp(-z)));
        if (random.nextDouble() < probabilities[label]) {
          labels[size++] = label;
        }
      }
      LabelSet truth = LabelSet.of(Arrays.copyOf(labels, size));
      counts.add(probabilities, truth);
      scores.add(probabilities);
      truths.add(truth);
    }
    float[] thresholds = counts.rule().thresholds();
    for (int label = 0; label < 2; label++) {
      assertEquals(f1(thresholds[label], label, label + 1) / 2, thresholds[label], 0.08);
    }
  }

  /** Where many thresholds tell all rows apart, the one in the middle of the gap is taken. */
  @Test
  void ofEqualThresholdsTheOneInTheMiddleIsTaken() {
    LabelThresholds thresholds = new LabelThresholds(2);
    for (int i = 0; i < 40; i++) {
      boolean has = i % 2 == 0;
      float probability = has ? LabelThresholds.threshold(80) : LabelThresholds.threshold(59);
      thresholds.add(new float[] {probability, 0}, has ? LabelSet.of(0) : LabelSet.NONE);
    }
    assertEquals(LabelThresholds.threshold(70), thresholds.rule().thresholds()[0]);
  }

  @Test
  void scoresBeyondAllThresholdsAreCounted() {
    LabelThresholds thresholds = new LabelThresholds(2);
    for (int i = 0; i < 40; i++) {
      thresholds.add(new float[] {i % 2, 1 - i % 2}, LabelSet.of(1 - i % 2));
    }
    // All labels are wrong, so the best is to answer with everything.
    float[] found = thresholds.rule().thresholds();
    assertArrayEquals(new float[] {found[0], found[0]}, found);
    LabelThresholds none = new LabelThresholds(2);
    for (float threshold : none.rule().thresholds()) {
      assertTrue(threshold > 0 && threshold < 1);
    }
  }
}
