package org.sparkadept.benchmarks.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.pipeline.ml.fit.Linear;

/** Ridge regression from sums against Gauss-Jordan elimination on the rows. */
class RidgeSumsTest {
  private static final int PARTS = 3;
  private static final int INPUTS = 5;
  private static final int LABELS = 3;
  private static final int ROWS = 900;

  private final float[][] states = new float[ROWS][INPUTS + 2];
  private final int[] truths = new int[ROWS];
  private final int[] parts = new int[ROWS];

  @BeforeEach
  void rows() {
    Random random = TestSeed.random();
    for (int i = 0; i < ROWS; i++) {
      truths[i] = random.nextInt(LABELS);
      parts[i] = random.nextInt(PARTS);
      for (int d = 0; d < states[i].length; d++) {
        states[i][d] = (float) random.nextGaussian() * (d + 1) + (d == truths[i] ? 1.5f : 0);
      }
    }
  }

  private RidgeSums[] sums() {
    RidgeSums[] sums = new RidgeSums[PARTS];
    for (int part = 0; part < PARTS; part++) {
      sums[part] = new RidgeSums(INPUTS, LABELS);
      for (int i = 0; i < ROWS; i++) {
        if (parts[i] == part) {
          sums[part].add(states[i], truths[i]);
        }
      }
      sums[part].done();
    }
    return sums;
  }

  @Test
  void theSolutionIsThePlainOne() {
    for (double ridge : new double[] {1e-3, 0.5}) {
      for (int without = -1; without < PARTS; without++) {
        for (int inputs = INPUTS; inputs >= 2; inputs--) {
          Linear found = RidgeSums.solve(sums(), without, ridge, inputs);
          double[][] expected = solve(without, ridge, inputs);
          assertEquals(inputs, found.inputs());
          for (int label = 0; label < LABELS; label++) {
            for (int d = 0; d < inputs; d++) {
              assertEquals(expected[label][d], found.weight()[label * inputs + d], 1e-6);
            }
            assertEquals(expected[label][inputs], found.bias()[label], 1e-6);
          }
        }
      }
    }
  }

  @Test
  void nothingIsSolvedWithoutRows() {
    RidgeSums[] one = {new RidgeSums(INPUTS, LABELS), sums()[0]};
    assertNull(RidgeSums.solve(one, 1, 0.1, INPUTS));
  }

  /** {@code [LABELS][inputs + 1]} of the rows that are not in a part. */
  private double[][] solve(int without, double ridge, int inputs) {
    int n = inputs + 1;
    double[][] system = new double[n][n + LABELS];
    double[] sums = new double[inputs];
    double[] squares = new double[inputs];
    int rows = 0;
    for (int i = 0; i < ROWS; i++) {
      if (parts[i] == without) {
        continue;
      }
      rows++;
      for (int a = 0; a < n; a++) {
        double x = a < inputs ? states[i][a] : 1;
        for (int b = 0; b < n; b++) {
          system[a][b] += x * (b < inputs ? states[i][b] : 1);
        }
        system[a][n + truths[i]] += x;
        if (a < inputs) {
          sums[a] += x;
          squares[a] += x * x;
        }
      }
    }
    for (int d = 0; d < inputs; d++) {
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
}
