package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;

/** Cross-fitted ridge read-outs against Gauss-Jordan elimination, fold by fold. */
class RidgeReadOutTest {
  private static final int INPUTS = 5;
  private static final int LABELS = 3;

  @Test
  void theRightAnswersAreThoseOfThePlainSolution() {
    Random random = TestSeed.random();
    int rows = 90;
    float[][] states = new float[rows][INPUTS + 2];
    int[] truths = new int[rows];
    int[] folds = new int[rows];
    for (int i = 0; i < rows; i++) {
      truths[i] = random.nextInt(LABELS);
      folds[i] = random.nextInt(RidgeReadOut.FOLDS);
      for (int d = 0; d < states[i].length; d++) {
        states[i][d] = (float) random.nextGaussian() * (d + 1) + (d == truths[i] ? 1.5f : 0);
      }
    }
    double[] ridges = {1e-3, 0.5};
    double[] found = new RidgeReadOut(states, INPUTS, truths, folds, LABELS).accuracies(ridges);
    for (int r = 0; r < ridges.length; r++) {
      int right = 0;
      for (int i = 0; i < rows; i++) {
        double[][] weights = solve(states, truths, folds, folds[i], ridges[r]);
        right += top(weights, states[i]) == truths[i] ? 1 : 0;
      }
      assertEquals(right, Math.round(found[r] * rows), "ridge " + ridges[r]);
    }
  }

  @Test
  void otherRowsAreAnsweredByThePlainSolutionOfAllRows() {
    Random random = TestSeed.random();
    float[][] states = new float[60][INPUTS];
    int[] truths = new int[60];
    int[] folds = new int[60];
    for (int i = 0; i < states.length; i++) {
      truths[i] = random.nextInt(LABELS);
      folds[i] = i % RidgeReadOut.FOLDS;
      for (int d = 0; d < INPUTS; d++) {
        states[i][d] = (float) random.nextGaussian() + (d == truths[i] ? 1.5f : 0);
      }
    }
    float[][] others = new float[500][INPUTS];
    int[] othersTruths = new int[others.length];
    double[][] weights = solve(states, truths, folds, RidgeReadOut.FOLDS, 0.1);
    int right = 0;
    for (int i = 0; i < others.length; i++) {
      othersTruths[i] = random.nextInt(LABELS + 1) - 1;
      for (int d = 0; d < INPUTS; d++) {
        others[i][d] = (float) random.nextGaussian() + (d == othersTruths[i] ? 1.5f : 0);
      }
      right += top(weights, others[i]) == othersTruths[i] ? 1 : 0;
    }

    RidgeReadOut readOut = new RidgeReadOut(states, INPUTS, truths, folds, LABELS);
    double found = readOut.accuracy(0.1, others, othersTruths);
    assertEquals(right, Math.round(found * others.length));
    double[] byRidge = readOut.accuracies(RidgeReadOut.RIDGES);
    assertEquals(
        Arrays.stream(byRidge).max().orElseThrow(),
        readOut.accuracies(new double[] {readOut.bestRidge()})[0]);
  }

  /** {@code [LABELS][INPUTS + 1]} of the rows that are not in a fold. */
  private static double[][] solve(
      float[][] states, int[] truths, int[] folds, int without, double ridge) {
    int n = INPUTS + 1;
    double[][] system = new double[n][n + LABELS];
    double[] sums = new double[INPUTS];
    double[] squares = new double[INPUTS];
    int rows = 0;
    for (int i = 0; i < truths.length; i++) {
      if (folds[i] == without) {
        continue;
      }
      rows++;
      for (int a = 0; a < n; a++) {
        double x = a < INPUTS ? states[i][a] : 1;
        for (int b = 0; b < n; b++) {
          system[a][b] += x * (b < INPUTS ? states[i][b] : 1);
        }
        system[a][n + truths[i]] += x;
        if (a < INPUTS) {
          sums[a] += x;
          squares[a] += x * x;
        }
      }
    }
    for (int d = 0; d < INPUTS; d++) {
      double mean = sums[d] / rows;
      system[d][d] += ridge * rows * (squares[d] / rows - mean * mean);
    }
    for (int pivot = 0; pivot < n; pivot++) {
      for (int row = 0; row < n; row++) {
        double factor = system[row][pivot] / system[pivot][pivot];
        for (int c = 0; row != pivot && c < n + LABELS; c++) {
          system[row][c] -= factor * system[pivot][c];
        }
      }
    }
    double[][] weights = new double[LABELS][n];
    for (int label = 0; label < LABELS; label++) {
      for (int a = 0; a < n; a++) {
        weights[label][a] = system[a][n + label] / system[a][a];
      }
    }
    return weights;
  }

  private static int top(double[][] weights, float[] state) {
    int top = 0;
    double best = Double.NEGATIVE_INFINITY;
    for (int label = 0; label < LABELS; label++) {
      double score = weights[label][INPUTS];
      for (int d = 0; d < INPUTS; d++) {
        score += weights[label][d] * state[d];
      }
      if (score > best) {
        best = score;
        top = label;
      }
    }
    return top;
  }

  @Test
  void noReadOutIsFittedOnNothing() {
    float[][] states = {{1, 2}, {3, 4}};
    double[] found =
        new RidgeReadOut(states, 2, new int[] {0, 1}, new int[] {1, 1}, 2)
            .accuracies(new double[] {0.1});
    assertEquals(0, found[0]);
  }
}
