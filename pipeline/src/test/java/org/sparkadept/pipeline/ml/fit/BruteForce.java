package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.sparkadept.decoder.adept.MapperCorrection;

/**
 * Reduced-rank ridge regression by plain loops: Gauss-Jordan elimination and Jacobi's rotations.
 *
 * @param meanX {@code [width]}
 * @param meanD {@code [outputs]}
 * @param b ridge solution {@code [width][outputs]} of the centred tokens
 * @param vectors eigenvectors of {@code Bᵀ·G·B}, the largest eigenvalue's first
 */
record BruteForce(double[] meanX, double[] meanD, double[][] b, List<double[]> vectors) {

  /**
   * @param x {@code [tokens][width]}
   * @param d {@code [tokens][outputs]}
   * @param ridge over the mean diagonal
   */
  static BruteForce of(double[][] x, double[][] d, double ridge) {
    double[] meanX = mean(x);
    double[] meanD = mean(d);
    int width = meanX.length;
    int outputs = meanD.length;
    double[][] equations = new double[width][width + outputs];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < width; j++) {
          equations[i][j] += (x[t][i] - meanX[i]) * (x[t][j] - meanX[j]);
        }
        for (int o = 0; o < outputs; o++) {
          equations[i][width + o] += (x[t][i] - meanX[i]) * (d[t][o] - meanD[o]);
        }
      }
    }
    double trace = 0;
    for (int i = 0; i < width; i++) {
      trace += equations[i][i];
    }
    double[][] products = new double[width][outputs];
    for (int i = 0; i < width; i++) {
      equations[i][i] += ridge * trace / width;
      System.arraycopy(equations[i], width, products[i], 0, outputs);
    }
    eliminate(equations);
    double[][] b = new double[width][outputs];
    double[][] matrix = new double[outputs][outputs];
    for (int i = 0; i < width; i++) {
      System.arraycopy(equations[i], width, b[i], 0, outputs);
      for (int o = 0; o < outputs; o++) {
        for (int p = 0; p < outputs; p++) {
          matrix[o][p] += b[i][o] * products[i][p];
        }
      }
    }
    return new BruteForce(meanX, meanD, b, eigenvectors(matrix));
  }

  private static double[] mean(double[][] rows) {
    double[] mean = new double[rows[0].length];
    for (double[] row : rows) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += row[i] / rows.length;
      }
    }
    return mean;
  }

  private static void eliminate(double[][] rows) {
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows.length; j++) {
        double factor = j == i ? 1 - 1 / rows[i][i] : rows[j][i] / rows[i][i];
        for (int k = rows[i].length - 1; k >= i; k--) {
          rows[j][k] -= factor * rows[i][k];
        }
      }
    }
  }

  /** Cyclic Jacobi rotations (Golub and Van Loan, section 8.5). */
  private static List<double[]> eigenvectors(double[][] matrix) {
    int size = matrix.length;
    List<double[]> vectors = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      vectors.add(new double[size]);
      vectors.get(i)[i] = 1;
    }
    for (int sweep = 0; sweep < 30; sweep++) {
      for (int p = 0; p < size; p++) {
        for (int q = p + 1; q < size; q++) {
          double angle = 0.5 * Math.atan2(2 * matrix[p][q], matrix[q][q] - matrix[p][p]);
          rotate(matrix, vectors, p, q, Math.cos(angle), Math.sin(angle));
        }
      }
    }
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> -matrix[i][i]));
    return order.stream().map(vectors::get).toList();
  }

  private static void rotate(
      double[][] matrix, List<double[]> vectors, int p, int q, double cos, double sin) {
    for (double[] row : matrix) {
      turn(row, p, row, q, cos, sin);
    }
    for (int k = 0; k < matrix.length; k++) {
      turn(matrix[p], k, matrix[q], k, cos, sin);
      turn(vectors.get(p), k, vectors.get(q), k, cos, sin);
    }
  }

  private static void turn(double[] a, int i, double[] b, int j, double cos, double sin) {
    double first = a[i];
    double second = b[j];
    a[i] = cos * first - sin * second;
    b[j] = sin * first + cos * second;
  }

  /** The best correction of a rank. */
  MapperCorrection correction(int rank, float[] copied) {
    int width = meanX.length;
    int outputs = meanD.length;
    float[] whole = new float[outputs * width];
    float[] bias = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      double constant = copied[o] + meanD[o];
      for (int i = 0; i < width; i++) {
        double value = 0;
        for (int k = 0; k < rank; k++) {
          double along = 0;
          for (int p = 0; p < outputs; p++) {
            along += b[i][p] * vectors.get(k)[p];
          }
          value += vectors.get(k)[o] * along;
        }
        whole[o * width + i] = (float) value;
        constant -= value * meanX[i];
      }
      bias[o] = (float) constant;
    }
    return new MapperCorrection(null, whole, bias);
  }
}
