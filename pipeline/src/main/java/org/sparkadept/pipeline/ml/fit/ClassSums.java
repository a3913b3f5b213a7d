package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.lapack.LAPACK;
import org.netlib.util.intW;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.result.LabelSet;

/**
 * Sums over the rows of a fold: {@code Σ x·xᵀ}, {@code Σ x} of each label, and how many rows have
 * it. Where rows may have several labels, the labels have one more behind them that all rows have,
 * and the rows of each two labels are counted. Products are in single precision over {@value
 * #BLOCK} rows at most, totals in double.
 */
final class ClassSums {
  private static final int BLOCK = 256;

  /** Least variance of an input, so that a constant one does no harm. */
  private static final double LEAST_VARIANCE = 1e-9;

  private static final BLAS MATH = BLAS.getInstance();

  private final int size;
  private final double[] gram;
  private final double[] sums;

  /** {@code [labels]}: rows of each label; null where they may have several. */
  private final double[] counts;

  /** {@code [labels, labels]}: rows of each two labels; null where they have one. */
  private final double[] pairs;

  private final boolean multiLabel;
  private long rows;

  private ClassSums(int size, int labels, boolean multiLabel) {
    this.size = size;
    this.multiLabel = multiLabel;
    int classes = multiLabel ? labels + 1 : labels;
    gram = new double[size * size];
    sums = new double[size * classes];
    counts = multiLabel ? null : new double[classes];
    pairs = multiLabel ? new double[Math.multiplyExact(classes, classes)] : null;
  }

  /** Sums of the rows of a fold. */
  static ClassSums of(HeadRows rows, int fold, int labels, boolean multiLabel) {
    int size = rows.size();
    ClassSums sums = new ClassSums(size, labels, multiLabel);
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
        sums.count(rows.truth(row), labels, x, row * size);
      }
    }
    return sums;
  }

  private void count(LabelSet truth, int labels, float[] x, int at) {
    rows++;
    for (int i = 0; i < truth.size(); i++) {
      add(x, at, truth.get(i));
    }
    if (!multiLabel) {
      counts[truth.get(0)]++;
      return;
    }
    add(x, at, labels);
    int classes = labels + 1;
    pairs[labels * classes + labels]++;
    for (int i = 0; i < truth.size(); i++) {
      pairs[truth.get(i) * classes + labels]++;
      pairs[labels * classes + truth.get(i)]++;
      for (int j = 0; j < truth.size(); j++) {
        pairs[truth.get(i) * classes + truth.get(j)]++;
      }
    }
  }

  private void add(float[] x, int at, int label) {
    for (int d = 0; d < size; d++) {
      sums[label * size + d] += x[at + d];
    }
  }

  /**
   * {@code L⁻¹}, with {@code L·Lᵀ = S + V}: S is the covariance within the classes, {@code Σ (x −
   * x̄_y)·(x − x̄_y)ᵀ/N}, and V holds the variances of x. Where rows may have several labels, x̄_y
   * is what the linear regression of x on the labels says, which for one label a row is its mean.
   *
   * @param folds the sums of each fold
   * @param without a fold that is left out; −1 for none of them
   * @return {@code [size, size]} column by column, zero above the diagonal; null without rows
   */
  static float[] whitening(ClassSums[] folds, int without) {
    int size = folds[0].size;
    boolean multiLabel = folds[0].multiLabel;
    int classes = folds[0].sums.length / size;
    ClassSums all = new ClassSums(size, multiLabel ? classes - 1 : classes, multiLabel);
    for (int fold = 0; fold < folds.length; fold++) {
      if (fold != without) {
        all.add(folds[fold]);
      }
    }
    if (all.rows == 0) {
      return null;
    }
    double[] scatter = all.gram;
    double[] variances = all.variances();
    if (multiLabel) {
      all.takeOffRegression(classes);
    } else {
      all.takeOffMeans();
    }
    for (int d = 0; d < size; d++) {
      scatter[d * size + d] += all.rows * variances[d];
    }
    MATH.dscal(scatter.length, 1.0 / all.rows, scatter, 1);
    return inverseFactor(scatter, size);
  }

  private void add(ClassSums other) {
    rows += other.rows;
    MATH.daxpy(gram.length, 1, other.gram, 1, gram, 1);
    MATH.daxpy(sums.length, 1, other.sums, 1, sums, 1);
    double[] own = multiLabel ? pairs : counts;
    MATH.daxpy(own.length, 1, multiLabel ? other.pairs : other.counts, 1, own, 1);
  }

  private double[] variances() {
    double[] variances = new double[size];
    for (int d = 0; d < size; d++) {
      double sum = 0;
      for (int at = multiLabel ? sums.length - size + d : d; at < sums.length; at += size) {
        sum += sums[at];
      }
      double mean = sum / rows;
      variances[d] = Math.max(LEAST_VARIANCE, gram[d * size + d] / rows - mean * mean);
    }
    return variances;
  }

  /** {@code Σ x·xᵀ} becomes {@code Σ (x − x̄_y)·(x − x̄_y)ᵀ}. */
  private void takeOffMeans() {
    double[] scaled = sums.clone();
    for (int label = 0; label < counts.length; label++) {
      double factor = counts[label] == 0 ? 0 : 1 / Math.sqrt(counts[label]);
      MATH.dscal(size, factor, scaled, label * size, 1);
    }
    takeOff(scaled, counts.length);
  }

  /**
   * The same where x̄_y is the ridge regression of x on the labels: {@code Σ x·xᵀ − X·(P +
   * I)⁻¹·Xᵀ}, with X the sums of the labels and P the rows of each two.
   */
  private void takeOffRegression(int classes) {
    double[] scaled = sums.clone();
    double[] factor = pairs.clone();
    for (int label = 0; label < classes; label++) {
      factor[label * classes + label] += 1;
    }
    intW info = new intW(0);
    LAPACK.getInstance().dpotrf("L", classes, factor, classes, info);
    MATH.dtrsm("R", "L", "T", "N", size, classes, 1, factor, classes, scaled, size);
    takeOff(scaled, classes);
  }

  private void takeOff(double[] scaled, int classes) {
    MATH.dgemm("N", "T", size, size, classes, -1, scaled, size, scaled, size, 1, gram, size);
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
