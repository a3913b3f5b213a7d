package org.sparkadept.benchmarks.real;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.lapack.LAPACK;
import java.util.ArrayList;
import java.util.List;
import org.netlib.util.intW;
import org.sparkadept.pipeline.ml.fit.Linear;

/**
 * What a ridge regression of the labels, one-hot, needs to know of rows: {@code G = Σ x·xᵀ} and
 * {@code C = Σ x·yᵀ}, with x what a read-out reads and a constant 1 behind it. Sums of parts add up
 * to the sum of the whole.
 */
final class RidgeSums {
  private static final int BLOCK = 256;

  private final int size;
  private final int labels;
  private final double[] gram;
  private final double[] cross;

  /** Rows that are not added up yet; a block at most. */
  private final List<float[]> waiting = new ArrayList<>(BLOCK);

  /**
   * Sums of no rows.
   *
   * @param inputs length of what the read-out reads
   * @param labels number of labels
   */
  RidgeSums(int inputs, int labels) {
    this.size = inputs + 1;
    this.labels = labels;
    gram = new double[size * size];
    cross = new double[size * labels];
  }

  /**
   * Adds a row.
   *
   * @param state what the read-out reads; not to be changed until {@link #done}
   * @param label of the row
   */
  void add(float[] state, int label) {
    waiting.add(state);
    int at = label * size;
    for (int d = 0; d < size - 1; d++) {
      cross[at + d] += state[d];
    }
    cross[at + size - 1]++;
    if (waiting.size() == BLOCK) {
      done();
    }
  }

  /** Completes the sums, after the last row. */
  void done() {
    if (!waiting.isEmpty()) {
      int rows = waiting.size();
      double[] x = new double[rows * size];
      for (int i = 0; i < rows; i++) {
        float[] state = waiting.get(i);
        for (int d = 0; d < size - 1; d++) {
          x[i * size + d] = state[d];
        }
        x[(i + 1) * size - 1] = 1;
      }
      BLAS.getInstance().dgemm("N", "T", size, size, rows, 1, x, size, x, size, 1, gram, size);
      waiting.clear();
    }
  }

  /**
   * {@code W = (G + ρN·diag(v))⁻¹C} over the N rows of some sums, v the variances of x: ρ is a
   * ridge on standardized inputs, and the constant has none.
   *
   * @param parts the sums, of the same inputs and labels
   * @param without index of one that is left out; -1 for none
   * @param ridge ρ
   * @param inputs how many of the inputs are read, from the first on
   * @return null where there are no rows, or the system cannot be solved
   */
  static Linear solve(RidgeSums[] parts, int without, double ridge, int inputs) {
    int labels = parts[0].labels;
    int size = parts[0].size;
    int n = inputs + 1;
    double[] left = new double[n * n];
    double[] weights = new double[n * labels];
    for (int part = 0; part < parts.length; part++) {
      if (part != without) {
        addSome(left, parts[part].gram, n, n, size, true);
        addSome(weights, parts[part].cross, n, labels, size, false);
      }
    }
    double rows = left[n * n - 1];
    if (rows == 0) {
      return null;
    }
    for (int d = 0; d < inputs; d++) {
      double mean = left[d * n + inputs] / rows;
      double variance = Math.max(0, left[d * n + d] / rows - mean * mean);
      left[d * n + d] += ridge * rows * variance + 1e-9 * rows;
    }
    intW info = new intW(0);
    LAPACK.getInstance().dposv("L", n, labels, left, n, weights, n, info);
    return info.val == 0 ? linear(weights, inputs, labels) : null;
  }

  /**
   * Adds the first inputs, and the constant, of the columns of a matrix.
   *
   * @param square whether the columns, too, are inputs with a constant behind them
   */
  private static void addSome(
      double[] sum, double[] from, int n, int columns, int size, boolean square) {
    for (int column = 0; column < columns; column++) {
      int of = (square && column == n - 1 ? size - 1 : column) * size;
      for (int d = 0; d < n - 1; d++) {
        sum[column * n + d] += from[of + d];
      }
      sum[column * n + n - 1] += from[of + size - 1];
    }
  }

  private static Linear linear(double[] weights, int inputs, int labels) {
    float[] weight = new float[labels * inputs];
    float[] bias = new float[labels];
    for (int label = 0; label < labels; label++) {
      int at = label * (inputs + 1);
      for (int d = 0; d < inputs; d++) {
        weight[label * inputs + d] = (float) weights[at + d];
      }
      bias[label] = (float) weights[at + inputs];
    }
    return new Linear(weight, bias);
  }
}
