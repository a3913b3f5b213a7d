package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.lapack.LAPACK;
import org.netlib.util.intW;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Sums over the rows of a fold: {@code Σ x·xᵀ}, {@code Σ x} of each label, and how many rows have
 * it. Products are in single precision over {@value #BLOCK} rows at most, totals in double.
 */
final class ClassSums {
  private static final int BLOCK = 256;

  /** Least variance of an input, so that a constant one does no harm. */
  private static final double LEAST_VARIANCE = 1e-9;

  private static final BLAS MATH = BLAS.getInstance();

  private final int size;
  private final double[] gram;
  private final double[] sums;
  private final long[] counts;

  private ClassSums(int size, int labels) {
    this.size = size;
    gram = new double[size * size];
    sums = new double[size * labels];
    counts = new long[labels];
  }

  /** Sums of the rows of a fold. */
  static ClassSums of(HeadRows rows, int fold, int labels) {
    int size = rows.size();
    ClassSums sums = new ClassSums(size, labels);
    float[] product = new float[size * size];
    float[] x = rows.states();
    int end = rows.start(fold + 1);
    for (int from = rows.start(fold); from < end; from += BLOCK) {
      int count = Math.min(BLOCK, end - from);
      int at = from * size;
      MATH.sgemm("N", "T", size, size, count, 1, x, at, size, x, at, size, 0, product, 0, size);
      for (int i = 0; i < product.length; i++) {
        sums.gram[i] += product[i];
      }
      for (int row = from; row < from + count; row++) {
        int label = rows.truth(row);
        sums.counts[label]++;
        for (int d = 0; d < size; d++) {
          sums.sums[label * size + d] += x[row * size + d];
        }
      }
    }
    return sums;
  }

  /**
   * {@code L⁻¹}, with {@code L·Lᵀ = S + V}: S is the covariance within the classes, {@code Σ (x −
   * x̄_y)·(x − x̄_y)ᵀ/N}, and V holds the variances of x.
   *
   * @param folds the sums of each fold
   * @param without a fold that is left out; −1 for none of them
   * @return {@code [size, size]} column by column, zero above the diagonal; null without rows
   */
  static float[] whitening(ClassSums[] folds, int without) {
    int size = folds[0].size;
    int labels = folds[0].counts.length;
    double[] scatter = new double[size * size];
    double[] sums = new double[size * labels];
    long[] counts = new long[labels];
    long rows = 0;
    for (int fold = 0; fold < folds.length; fold++) {
      if (fold != without) {
        MATH.daxpy(scatter.length, 1, folds[fold].gram, 1, scatter, 1);
        MATH.daxpy(sums.length, 1, folds[fold].sums, 1, sums, 1);
        for (int label = 0; label < labels; label++) {
          counts[label] += folds[fold].counts[label];
          rows += folds[fold].counts[label];
        }
      }
    }
    if (rows == 0) {
      return null;
    }
    double[] variances = variances(scatter, sums, size, rows);
    takeOffMeans(scatter, sums, counts, size);
    for (int d = 0; d < size; d++) {
      scatter[d * size + d] += rows * variances[d];
    }
    MATH.dscal(scatter.length, 1.0 / rows, scatter, 1);
    return inverseFactor(scatter, size);
  }

  private static double[] variances(double[] gram, double[] sums, int size, long rows) {
    double[] variances = new double[size];
    for (int d = 0; d < size; d++) {
      double sum = 0;
      for (int at = d; at < sums.length; at += size) {
        sum += sums[at];
      }
      double mean = sum / rows;
      variances[d] = Math.max(LEAST_VARIANCE, gram[d * size + d] / rows - mean * mean);
    }
    return variances;
  }

  /** {@code Σ x·xᵀ} becomes {@code Σ (x − x̄_y)·(x − x̄_y)ᵀ}. */
  private static void takeOffMeans(double[] gram, double[] sums, long[] counts, int size) {
    double[] scaled = sums.clone();
    for (int label = 0; label < counts.length; label++) {
      double factor = counts[label] == 0 ? 0 : 1 / Math.sqrt(counts[label]);
      MATH.dscal(size, factor, scaled, label * size, 1);
    }
    MATH.dgemm("N", "T", size, size, counts.length, -1, scaled, size, scaled, size, 1, gram, size);
  }

  private static float[] inverseFactor(double[] matrix, int size) {
    intW info = new intW(0);
    LAPACK.getInstance().dpotrf("L", size, matrix, size, info);
    if (info.val == 0) {
      LAPACK.getInstance().dtrtri("L", "N", size, matrix, size, info);
    }
    if (info.val != 0) {
      throw new AdeptException(
          "The covariance of the hidden states is not positive definite: the model gives numbers"
              + " that are too large to fit exit heads on.");
    }
    float[] inverse = new float[size * size];
    for (int column = 0; column < size; column++) {
      for (int d = column; d < size; d++) {
        inverse[column * size + d] = (float) matrix[column * size + d];
      }
    }
    return inverse;
  }
}
