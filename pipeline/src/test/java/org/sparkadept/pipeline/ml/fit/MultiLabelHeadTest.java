package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;
import scala.jdk.javaapi.CollectionConverters;

/** Heads of rows that may have several labels, against the formulas in double precision. */
class MultiLabelHeadTest {
  private static final int SIZE = 4;
  private static final int LABELS = 3;
  private static final int ROWS = 1_500;

  private final float[][] states = new float[ROWS][SIZE];
  private final List<List<Integer>> truths = new ArrayList<>();
  private final int[] folds = new int[ROWS];
  private HeadRows rows;

  /** Each label moves an input of its own; the last is rare, and some rows have none. */
  @BeforeEach
  void rows() {
    Random random = TestSeed.random();
    double[] shares = {0.5, 0.3, 0.04};
    List<Row> list = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      List<Integer> labels = new ArrayList<>();
      folds[i] = random.nextInt(HeadFit.FOLDS);
      double shared = random.nextGaussian();
      for (int d = 0; d < SIZE; d++) {
        states[i][d] = (float) (3 + random.nextGaussian() * (d + 1) + shared);
      }
      for (int label = 0; label < LABELS; label++) {
        if (random.nextDouble() < shares[label]) {
          labels.add(label);
          states[i][label] += 2;
        }
      }
      truths.add(labels);
      list.add(
          RowFactory.create(
              folds[i], CollectionConverters.asScala(labels).toSeq(), Floats.bytes(states[i])));
    }
    rows = new HeadRows(list, SIZE);
  }

  private float[] whitening(int without) {
    return LogisticFitTest.whitening(rows, LABELS, true, without);
  }

  /** With S what the ridge regression on the labels leaves. */
  @Test
  void coordinatesAreWhite() {
    for (int without = -1; without < HeadFit.FOLDS; without++) {
      LogisticFitTest.assertWhite(metric(without), whitening(without), 1e-3);
    }
  }

  /** S + V by its definition: residuals of the regression with a ridge of 1. */
  private double[][] metric(int without) {
    int classes = LABELS + 1;
    double[][] pairs = new double[classes][classes];
    double[][] cross = new double[classes][SIZE];
    double[][] gram = new double[SIZE][SIZE];
    int count = 0;
    for (int i = 0; i < ROWS; i++) {
      if (folds[i] == without) {
        continue;
      }
      count++;
      float[] x = centred(i);
      for (int a = 0; a < classes; a++) {
        for (int b = 0; b < classes; b++) {
          pairs[a][b] += has(i, a) * has(i, b);
        }
        for (int d = 0; d < SIZE; d++) {
          cross[a][d] += has(i, a) * x[d];
        }
      }
      for (int d = 0; d < SIZE; d++) {
        for (int e = 0; e < SIZE; e++) {
          gram[d][e] += x[d] * x[e];
        }
      }
    }
    for (int a = 0; a < classes; a++) {
      pairs[a][a] += 1;
    }
    double[][] solved =
        solve(pairs, Arrays.stream(cross).map(double[]::clone).toArray(double[][]::new));
    double[][] metric = new double[SIZE][SIZE];
    for (int d = 0; d < SIZE; d++) {
      for (int e = 0; e < SIZE; e++) {
        double explained = 0;
        for (int a = 0; a < classes; a++) {
          explained += cross[a][d] * solved[a][e];
        }
        metric[d][e] = (gram[d][e] - explained) / count;
      }
      double mean = cross[LABELS][d] / count;
      metric[d][d] += gram[d][d] / count - mean * mean;
    }
    return metric;
  }

  /** The row without the mean of all, as {@link HeadRows} has it. */
  private float[] centred(int row) {
    float[] x = new float[SIZE];
    for (int d = 0; d < SIZE; d++) {
      double mean = 0;
      for (float[] state : states) {
        mean += state[d] / ROWS;
      }
      x[d] = (float) (states[row][d] - mean);
    }
    return x;
  }

  private int has(int row, int label) {
    return label == LABELS || truths.get(row).contains(label) ? 1 : 0;
  }

  /** Gauss-Jordan elimination; changes both. */
  private static double[][] solve(double[][] matrix, double[][] right) {
    int n = matrix.length;
    for (int pivot = 0; pivot < n; pivot++) {
      double by = matrix[pivot][pivot];
      for (int i = 0; i < n; i++) {
        double factor = i == pivot ? 0 : matrix[i][pivot] / by;
        for (int j = 0; j < n; j++) {
          matrix[i][j] -= factor * matrix[pivot][j];
        }
        for (int j = 0; j < right[0].length; j++) {
          right[i][j] -= factor * right[pivot][j];
        }
      }
    }
    double[][] solved = new double[n][right[0].length];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < right[0].length; j++) {
        solved[i][j] = right[i][j] / matrix[i][i];
      }
    }
    return solved;
  }

  /** No small change of a weight or bias makes the penalized loss smaller. */
  @Test
  void theHeadHasTheLeastLoss() {
    double lambda = 0.02;
    for (int without = -1; without < 1; without++) {
      double[][] metric = metric(without);
      Linear head =
          rows.uncentred(
              LogisticFit.fit(rows, without, whitening(without), LABELS, true, SIZE, lambda));
      double least = loss(head, without, lambda, metric);
      for (int i = 0; i < head.weight().length + LABELS; i++) {
        for (double step : new double[] {-0.03, 0.03}) {
          float[] weight = head.weight().clone();
          float[] bias = head.bias().clone();
          if (i < weight.length) {
            weight[i] += (float) step;
            bias[i / SIZE] -= (float) (3.5 * step);
          } else {
            bias[i - weight.length] += (float) step;
          }
          double changed = loss(new Linear(weight, bias), without, lambda, metric);
          assertTrue(changed > least, "value " + i + ": " + changed + " and " + least);
        }
      }
    }
  }

  private double loss(Linear head, int without, double lambda, double[][] metric) {
    double loss = 0;
    int count = 0;
    for (int i = 0; i < ROWS; i++) {
      if (folds[i] != without) {
        count++;
        float[] scores = head.scores(states[i]);
        for (int label = 0; label < LABELS; label++) {
          double z = scores[label];
          loss += Math.log1p(Math.exp(z)) - has(i, label) * z;
        }
      }
    }
    double penalty = 0;
    for (int label = 0; label < LABELS; label++) {
      for (int a = 0; a < SIZE; a++) {
        for (int b = 0; b < SIZE; b++) {
          penalty +=
              (double) head.weight()[label * SIZE + a]
                  * metric[a][b]
                  * head.weight()[label * SIZE + b];
        }
      }
    }
    return loss / count + lambda / 2 * penalty;
  }

  /** Losses and right answers of a fold are those of its rows, for the best factor. */
  @Test
  void figuresAreThoseOfTheRows() {
    Linear head = LogisticFit.fit(rows, 0, whitening(0), LABELS, true, SIZE, 0.02);
    HeadJudge.Figures found = HeadJudge.judge(rows, 0, head, true);
    Linear plain = rows.uncentred(head);
    int count = 0;
    int right = 0;
    double loss = 0;
    for (int i = 0; i < ROWS; i++) {
      if (folds[i] == 0) {
        count++;
        float[] scores = plain.scores(states[i]);
        boolean isRight = true;
        for (int label = 0; label < LABELS; label++) {
          double z = scores[label] * found.factor();
          isRight &= z >= 0 == (has(i, label) == 1);
          loss += Math.log1p(Math.exp(z)) - has(i, label) * z;
        }
        right += isRight ? 1 : 0;
      }
    }
    assertEquals(count, found.rows());
    assertEquals((double) right / count, found.accuracy(), 2.0 / count);
    assertEquals(loss / count, found.loss(), 1e-4);
  }
}
