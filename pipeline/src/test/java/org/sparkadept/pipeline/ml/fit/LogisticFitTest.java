package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;

/** Against the formulas on the rows, in double precision. */
class LogisticFitTest {
  private static final int SIZE = 5;
  private static final int LABELS = 3;
  private static final int ROWS = 3_000;

  private final float[][] states = new float[ROWS][SIZE];
  private final int[] truths = new int[ROWS];
  private final int[] folds = new int[ROWS];
  private HeadRows rows;

  @BeforeEach
  void rows() {
    Random random = TestSeed.random();
    List<Row> list = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      truths[i] = random.nextInt(LABELS);
      folds[i] = random.nextInt(HeadFit.FOLDS);
      double shared = random.nextGaussian();
      for (int d = 0; d < SIZE; d++) {
        double own = random.nextGaussian() * (d + 1) + 2 * shared;
        states[i][d] = (float) (10 + own + (d == truths[i] ? 1.5 : 0));
      }
      list.add(RowFactory.create(folds[i], (double) truths[i], Floats.bytes(states[i])));
    }
    rows = new HeadRows(list, SIZE);
  }

  private float[] whitening(int without) {
    return whitening(rows, LABELS, false, without);
  }

  /** The whitening of some rows; −1 leaves out no fold. */
  static float[] whitening(HeadRows rows, int labels, boolean multiLabel, int without) {
    ClassSums[] sums = new ClassSums[HeadFit.FOLDS];
    for (int fold = 0; fold < sums.length; fold++) {
      sums[fold] = ClassSums.of(rows, fold, labels, multiLabel);
    }
    return ClassSums.whitening(sums, without);
  }

  /** {@code L⁻¹·(S + V)·L⁻ᵀ = I}. */
  static void assertWhite(double[][] metric, float[] whitening, double tolerance) {
    int size = metric.length;
    for (int a = 0; a < size; a++) {
      for (int b = 0; b < size; b++) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
          for (int j = 0; j < size; j++) {
            sum += whitening[i * size + a] * metric[i][j] * whitening[j * size + b];
          }
        }
        assertEquals(a == b ? 1 : 0, sum, tolerance);
      }
    }
  }

  @Test
  void coordinatesAreWhite() {
    for (int without = -1; without < HeadFit.FOLDS; without++) {
      assertWhite(metric(without), whitening(without), 1e-4);
    }
  }

  /** No small change of a weight or bias makes the penalized cross-entropy smaller. */
  @Test
  void theHeadHasTheLeastLoss() {
    for (double lambda : new double[] {0.01, 0.5}) {
      for (int without = -1; without < HeadFit.FOLDS; without++) {
        for (int inputs = SIZE; inputs >= 2; inputs--) {
          Linear head = fit(without, inputs, lambda);
          assertEquals(inputs, head.inputs());
          double least = loss(head, without, lambda);
          for (int i = 0; i < head.weight().length + LABELS; i++) {
            for (double step : new double[] {-0.02, 0.02}) {
              double loss = loss(changed(head, i, step), without, lambda);
              assertTrue(loss > least, "λ " + lambda + ", " + inputs + " inputs, value " + i);
            }
          }
        }
      }
    }
  }

  /** Blocks of rows are judged as the rows are. */
  @Test
  void figuresAreThoseOfTheRows() {
    Linear head = LogisticFit.fit(rows, 0, whitening(0), LABELS, false, SIZE, 0.01);
    HeadJudge.Figures found = HeadJudge.judge(rows, 0, head, false);
    HeadJudge.Figures expected = new HeadJudge.Figures();
    Linear plain = rows.uncentred(head);
    for (int i = 0; i < ROWS; i++) {
      if (folds[i] == 0) {
        expected.add(plain.scores(states[i]), truths[i]);
      }
    }
    assertTrue(found.rows() > LogisticFit.blockRows(LABELS));
    assertEquals(expected.rows(), found.rows());
    assertEquals(expected.accuracy(), found.accuracy(), 2.0 / ROWS);
    assertEquals(expected.loss(), found.loss(), 1e-4);
  }

  @Test
  void aHeadOfNoRowsKnowsNothing() {
    List<Row> one = new ArrayList<>();
    one.add(RowFactory.create(1, 2.0, Floats.bytes(states[0])));
    HeadRows few = new HeadRows(one, SIZE);
    ClassSums[] sums = new ClassSums[HeadFit.FOLDS];
    for (int fold = 0; fold < sums.length; fold++) {
      sums[fold] = ClassSums.of(few, fold, LABELS, false);
    }
    assertNull(ClassSums.whitening(sums, 1));
    Linear head = LogisticFit.fit(few, 1, null, LABELS, false, SIZE, 0.01);
    for (float score : head.scores(states[1])) {
      assertEquals(0, score);
    }
  }

  /** A label without a row, and an input that never changes, do no harm. */
  @Test
  void labelsWithoutRowsAndConstantInputsAreNoError() {
    List<Row> list = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      float[] state = {7, truths[i] == 0 ? -1 : 1};
      double truth = truths[i] == 0 ? 0 : 1;
      list.add(RowFactory.create(folds[i], truth, Floats.bytes(state)));
    }
    HeadRows odd = new HeadRows(list, 2);
    ClassSums[] sums = new ClassSums[HeadFit.FOLDS];
    for (int fold = 0; fold < sums.length; fold++) {
      sums[fold] = ClassSums.of(odd, fold, LABELS, false);
    }
    float[] whitening = ClassSums.whitening(sums, -1);
    Linear head = odd.uncentred(LogisticFit.fit(odd, -1, whitening, LABELS, false, 2, 0.01));
    float[] scores = head.scores(new float[] {7, -1});
    assertTrue(scores[0] > scores[1] && scores[0] > scores[2]);
    scores = head.scores(new float[] {7, 1});
    assertTrue(scores[1] > scores[0] && scores[1] > scores[2]);
  }

  private Linear fit(int without, int inputs, double lambda) {
    return rows.uncentred(
        LogisticFit.fit(rows, without, whitening(without), LABELS, false, inputs, lambda));
  }

  private static Linear changed(Linear head, int at, double step) {
    float[] weight = head.weight().clone();
    float[] bias = head.bias().clone();
    if (at < weight.length) {
      weight[at] += (float) step;
      // The bias makes up for the mean, about 10, so that the weight alone is judged.
      bias[at / head.inputs()] -= (float) (10 * step);
    } else {
      bias[at - weight.length] += (float) step;
    }
    return new Linear(weight, bias);
  }

  /** S + V, by its definition. */
  private double[][] metric(int without) {
    double[][] means = new double[LABELS + 1][SIZE];
    int[] counts = new int[LABELS + 1];
    for (int i = 0; i < ROWS; i++) {
      for (int of : new int[] {truths[i], LABELS}) {
        counts[of] += folds[i] == without ? 0 : 1;
        for (int d = 0; d < SIZE; d++) {
          means[of][d] += folds[i] == without ? 0 : states[i][d];
        }
      }
    }
    double[][] metric = new double[SIZE][SIZE];
    for (int i = 0; i < ROWS; i++) {
      for (int a = 0; a < SIZE && folds[i] != without; a++) {
        double own = states[i][a] - means[truths[i]][a] / counts[truths[i]];
        for (int b = 0; b < SIZE; b++) {
          double other = states[i][b] - means[truths[i]][b] / counts[truths[i]];
          metric[a][b] += own * other / counts[LABELS];
        }
        double all = states[i][a] - means[LABELS][a] / counts[LABELS];
        metric[a][a] += all * all / counts[LABELS];
      }
    }
    return metric;
  }

  private double loss(Linear head, int without, double lambda) {
    double loss = 0;
    int count = 0;
    for (int i = 0; i < ROWS; i++) {
      if (folds[i] != without) {
        double[] scores = new double[LABELS];
        double sum = 0;
        for (int label = 0; label < LABELS; label++) {
          scores[label] = head.bias()[label];
          for (int d = 0; d < head.inputs(); d++) {
            scores[label] += (double) head.weight()[label * head.inputs() + d] * states[i][d];
          }
          sum += Math.exp(scores[label]);
        }
        loss += Math.log(sum) - scores[truths[i]];
        count++;
      }
    }
    double[][] metric = metric(without);
    double penalty = 0;
    for (int label = 0; label < LABELS; label++) {
      for (int a = 0; a < head.inputs(); a++) {
        for (int b = 0; b < head.inputs(); b++) {
          penalty +=
              (double) head.weight()[label * head.inputs() + a]
                  * metric[a][b]
                  * head.weight()[label * head.inputs() + b];
        }
      }
    }
    return loss / count + lambda / 2 * penalty;
  }
}
