package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.blas.BLAS;
import java.util.Arrays;

/**
 * Multinomial logistic regression with the penalty {@code λ/2·Σ_k w_kᵀ(S + V)w_k}, S the covariance
 * within the classes and V the variances: directions in which the rows of a class differ anyway are
 * held to be noise, as in linear discriminant analysis. Minimized in the coordinates {@code v_k =
 * Lᵀw_k}, {@code L·Lᵀ = S + V}, where the penalty is {@code λ/2·‖v‖²} and a few iterations suffice.
 */
final class LogisticFit implements Lbfgs.Objective {
  private static final int ITERATIONS = 10;
  private static final double TOLERANCE = 1e-3;

  /** Scores of a block of rows. */
  private static final int BLOCK_SCORES = 1 << 17;

  private static final BLAS MATH = BLAS.getInstance();

  private final HeadRows rows;
  private final int without;
  private final float[] whitening;
  private final int labels;
  private final int inputs;
  private final double lambda;
  private final int blockRows;
  private final float[] gradients;
  private final float[] coordinates;
  private final float[] scores;

  private LogisticFit(
      HeadRows rows, int without, float[] whitening, int labels, int inputs, double lambda) {
    this.rows = rows;
    this.without = without;
    this.whitening = whitening;
    this.labels = labels;
    this.inputs = inputs;
    this.lambda = lambda;
    blockRows = blockRows(labels);
    gradients = new float[labels * inputs];
    coordinates = new float[labels * inputs];
    scores = new float[blockRows * labels];
  }

  /** Rows whose scores are computed at once. */
  static int blockRows(int labels) {
    return Math.max(16, Math.min(512, BLOCK_SCORES / labels));
  }

  /**
   * Fits a head.
   *
   * @param rows to fit on
   * @param without a fold that is left out; −1 for none
   * @param whitening of {@link ClassSums#whitening} for the same rows; null where there are none:
   *     the head knows nothing then
   * @param labels number of labels
   * @param inputs how many of the values of a row are read, from the first on
   * @param lambda λ
   * @return a head of rows without their mean
   */
  static Linear fit(
      HeadRows rows, int without, float[] whitening, int labels, int inputs, double lambda) {
    if (whitening == null) {
      return new Linear(new float[labels * inputs], new float[labels]);
    }
    LogisticFit fit = new LogisticFit(rows, without, whitening, labels, inputs, lambda);
    return fit.head(Lbfgs.minimize(fit, labels * (inputs + 1), ITERATIONS, TOLERANCE));
  }

  /** {@code w_k = L⁻ᵀ·v_k}, and the biases. */
  private Linear head(double[] x) {
    Linear head = new Linear(new float[labels * inputs], new float[labels]);
    for (int i = 0; i < coordinates.length; i++) {
      coordinates[i] = (float) x[i];
    }
    product("T", 1, coordinates, head.weight());
    for (int label = 0; label < labels; label++) {
      head.bias()[label] = (float) x[coordinates.length + label];
    }
    return head;
  }

  private void product(String transposed, float factor, float[] from, float[] to) {
    MATH.sgemm(
        transposed,
        "N",
        inputs,
        labels,
        inputs,
        factor,
        whitening,
        rows.size(),
        from,
        inputs,
        0,
        to,
        inputs);
  }

  @Override
  public double at(double[] x, double[] gradient) {
    Linear head = head(x);
    Arrays.fill(gradients, 0);
    Arrays.fill(gradient, 0);
    double loss = 0;
    int count = 0;
    for (int fold = 0; fold < HeadFit.FOLDS; fold++) {
      if (fold != without) {
        int end = rows.start(fold + 1);
        count += end - rows.start(fold);
        for (int from = rows.start(fold); from < end; from += blockRows) {
          loss += block(from, Math.min(blockRows, end - from), head, gradient);
        }
      }
    }
    product("N", 1f / count, gradients, coordinates);
    double squares = 0;
    for (int i = 0; i < coordinates.length; i++) {
      gradient[i] = coordinates[i] + lambda * x[i];
      squares += x[i] * x[i];
    }
    for (int i = coordinates.length; i < x.length; i++) {
      gradient[i] /= count;
    }
    return loss / count + lambda / 2 * squares;
  }

  /** Adds the gradients of a block of rows; returns its loss. */
  private double block(int from, int count, Linear head, double[] gradient) {
    int size = rows.size();
    int at = from * size;
    head.scores(rows.states(), at, size, count, scores);
    double loss = 0;
    int biases = labels * inputs;
    for (int row = 0; row < count; row++) {
      int first = row * labels;
      int truth = first + rows.truth(from + row);
      float top = Float.NEGATIVE_INFINITY;
      for (int i = first; i < first + labels; i++) {
        top = Math.max(top, scores[i]);
      }
      double right = scores[truth] - top;
      double sum = 0;
      for (int i = first; i < first + labels; i++) {
        scores[i] = (float) Math.exp(scores[i] - top);
        sum += scores[i];
      }
      loss += Math.log(sum) - right;
      for (int label = 0; label < labels; label++) {
        scores[first + label] /= (float) sum;
      }
      scores[truth] -= 1;
      for (int label = 0; label < labels; label++) {
        gradient[biases + label] += scores[first + label];
      }
    }
    MATH.sgemm(
        "N",
        "T",
        inputs,
        labels,
        count,
        1,
        rows.states(),
        at,
        size,
        scores,
        0,
        labels,
        1,
        gradients,
        0,
        inputs);
    return loss;
  }
}
