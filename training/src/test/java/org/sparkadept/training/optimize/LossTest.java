package org.sparkadept.training.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.training.TinyBackbone;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.TrainingRow;

class LossTest {
  private static final int EXITS = 3;
  private static final int LABELS = 4;

  private final Engine engine = TinyBackbone.engine();
  private final Random random = TestSeed.random();

  /** Rows of label 0 three times as often as others; every second row has a teacher. */
  private final List<TrainingRow> rows = rows();

  private final float[] logits = logits();

  @Test
  void isTheMeanOfTheExitsCrossEntropies() {
    compare(new LossSettings(false, 0, false, false, 0, 1, 0));
  }

  @Test
  void smoothsLabelsAndListensToTeachers() {
    compare(new LossSettings(false, 0.1, false, false, 0, 1, 0.3));
  }

  @Test
  void balancesLabels() {
    compare(new LossSettings(false, 0, true, false, 0, 1, 0));
  }

  @Test
  void pullsExitsTowardsTheirMean() {
    compare(new LossSettings(false, 0, false, false, 0.4, 2.5, 0));
  }

  /** Each label by itself, with labels that are there or not, and teachers of each. */
  @Test
  void rowsMayHaveSeveralLabels() {
    compareLabels(new LossSettings(true, 0, false, false, 0, 1, 0));
    compareLabels(new LossSettings(true, 0.1, false, false, 0, 1, 0.3));
    compareLabels(new LossSettings(true, 0, false, false, 0.4, 2.5, 0));
  }

  private void compareLabels(LossSettings settings) {
    List<TrainingRow> several = new ArrayList<>();
    for (TrainingRow row : rows) {
      LabelSet labels = row.label() == 3 ? LabelSet.NONE : LabelSet.of(row.label(), LABELS - 1);
      several.add(new TrainingRow(row.tokens(), labels, row.teacher()));
    }
    try (NDManager scope = engine.newBaseManager()) {
      NDArray array = scope.create(logits, new Shape(EXITS, several.size(), LABELS));
      Loss.Values values = new Loss(settings, several, LABELS).of(scope, array, Batch.of(several));
      double total = 0;
      for (int exit = 0; exit < EXITS; exit++) {
        double own = 0;
        double shared = 0;
        for (int row = 0; row < several.size(); row++) {
          for (int label = 0; label < LABELS; label++) {
            TrainingRow at = several.get(row);
            double target = settings.labelSmoothing() / 2;
            target += at.labels().contains(label) ? 1 - settings.labelSmoothing() : 0;
            if (at.teacher() != null) {
              double other = Math.exp(at.teacher()[label]);
              target = (1 - settings.teacher()) * target + settings.teacher() * other;
            }
            own += binary(target, sigmoid(exit, row, label, 1)) / several.size();
            double mean = 0;
            for (int other = 0; other < EXITS; other++) {
              mean += sigmoid(other, row, label, settings.temperature()) / EXITS;
            }
            double softened = sigmoid(exit, row, label, settings.temperature());
            double scale = settings.temperature() * settings.temperature() / several.size();
            shared += scale * binary(mean, softened);
          }
        }
        assertEquals(own, values.perExit().getFloat(exit), 1e-4);
        double taught = settings.distillation();
        total += ((1 - taught) * own + taught * shared) / EXITS;
      }
      assertEquals(total, values.total().getFloat(), 1e-4);
    }
  }

  private static double binary(double target, double probability) {
    return -target * Math.log(probability) - (1 - target) * Math.log(1 - probability);
  }

  private double sigmoid(int exit, int row, int label, double temperature) {
    double logit = logits[(exit * rows.size() + row) * LABELS + label];
    return 1 / (1 + Math.exp(-logit / temperature));
  }

  private void compare(LossSettings settings) {
    try (NDManager scope = engine.newBaseManager()) {
      NDArray array = scope.create(logits, new Shape(EXITS, rows.size(), LABELS));
      Loss.Values values = new Loss(settings, rows, LABELS).of(scope, array, Batch.of(rows));
      double total = 0;
      for (int exit = 0; exit < EXITS; exit++) {
        double own = crossEntropy(settings, exit);
        assertEquals(own, values.perExit().getFloat(exit), 1e-4);
        double taught = settings.distillation();
        total += ((1 - taught) * own + taught * divergence(settings, exit)) / EXITS;
      }
      assertEquals(total, values.total().getFloat(), 1e-4);
    }
  }

  private double crossEntropy(LossSettings settings, int exit) {
    double sum = 0;
    double weights = 0;
    for (int row = 0; row < rows.size(); row++) {
      TrainingRow at = rows.get(row);
      double weight = settings.balanced() ? 1.0 / count(at.label()) : 1;
      double[] probabilities = softmax(exit, row, 1);
      for (int label = 0; label < LABELS; label++) {
        double target = settings.labelSmoothing() / LABELS;
        target += label == at.label() ? 1 - settings.labelSmoothing() : 0;
        if (at.teacher() != null) {
          double other = Math.exp(at.teacher()[label]);
          target = (1 - settings.teacher()) * target + settings.teacher() * other;
        }
        sum -= weight * target * Math.log(probabilities[label]);
      }
      weights += weight;
    }
    return sum / weights;
  }

  private double divergence(LossSettings settings, int exit) {
    double sum = 0;
    for (int row = 0; row < rows.size(); row++) {
      double[] own = softmax(exit, row, settings.temperature());
      for (int label = 0; label < LABELS; label++) {
        double mean = 0;
        for (int other = 0; other < EXITS; other++) {
          mean += softmax(other, row, settings.temperature())[label] / EXITS;
        }
        sum -= mean * Math.log(own[label]);
      }
    }
    return sum * settings.temperature() * settings.temperature() / rows.size();
  }

  private double[] softmax(int exit, int row, double temperature) {
    double[] shares = new double[LABELS];
    double sum = 0;
    for (int label = 0; label < LABELS; label++) {
      shares[label] = Math.exp(logits[(exit * rows.size() + row) * LABELS + label] / temperature);
      sum += shares[label];
    }
    for (int label = 0; label < LABELS; label++) {
      shares[label] /= sum;
    }
    return shares;
  }

  private long count(int label) {
    return rows.stream().filter(row -> row.label() == label).count();
  }

  private List<TrainingRow> rows() {
    List<TrainingRow> made = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int label = Math.max(0, i % 6 - 2);
      float[] teacher = null;
      if (i % 2 == 0) {
        teacher = new float[LABELS];
        double first = 0.1 + 0.8 * random.nextDouble();
        for (int j = 0; j < LABELS; j++) {
          teacher[j] = (float) Math.log(j == 0 ? first : (1 - first) / (LABELS - 1));
        }
      }
      made.add(new TrainingRow(new int[] {1}, LabelSet.of(label), teacher));
    }
    return made;
  }

  private float[] logits() {
    float[] drawn = new float[EXITS * rows.size() * LABELS];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = (float) random.nextGaussian();
    }
    return drawn;
  }
}
