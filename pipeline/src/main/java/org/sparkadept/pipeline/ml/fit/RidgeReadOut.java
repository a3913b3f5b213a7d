package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.lapack.LAPACK;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.netlib.util.intW;

/**
 * Ridge regression of the labels, one-hot, on what an exit head reads, cross-fitted: the rows of a
 * fold are answered by {@code W = (G + ρN·diag(v))⁻¹C} of the other folds, with {@code G = Σ x·xᵀ}
 * and {@code C = Σ x·yᵀ} over their N rows, {@code x} with a constant 1 behind it, and {@code v}
 * the variances of x, so that ρ is a ridge on standardized inputs. The constant has none.
 */
public final class RidgeReadOut {
  /** Number of folds. */
  public static final int FOLDS = 3;

  private static final int NO_FOLD = -1;

  /** ρ to choose from. */
  static final double[] RIDGES = {1e-3, 1e-2, 1e-1};

  private static final int BLOCK = 256;

  private final int size;
  private final int labels;
  private final int[] truths;
  private final int[][] rowsOf;
  private final float[][] states;
  private final double[][] gram;
  private final double[][] cross;

  /**
   * @param states {@code [rows][at least inputs]}
   * @param inputs how many of each state are read
   * @param truths label of each row
   * @param folds fold of each row
   * @param labels number of labels
   */
  public RidgeReadOut(float[][] states, int inputs, int[] truths, int[] folds, int labels) {
    this.states = states;
    this.size = inputs + 1;
    this.truths = truths;
    this.labels = labels;
    rowsOf = new int[FOLDS][];
    gram = new double[FOLDS][];
    cross = new double[FOLDS][];
    for (int fold = 0; fold < FOLDS; fold++) {
      int of = fold;
      rowsOf[fold] = IntStream.range(0, truths.length).filter(i -> folds[i] == of).toArray();
    }
    IntStream.range(0, FOLDS).parallel().forEach(this::sum);
  }

  /** How many systems are solved at once, at most. */
  static int atOnce() {
    return Math.min(FOLDS * RIDGES.length, ForkJoinPool.getCommonPoolParallelism() + 1);
  }

  private void sum(int fold) {
    double[] g = new double[size * size];
    double[] c = new double[size * labels];
    for (int first = 0; first < rowsOf[fold].length; first += BLOCK) {
      int count = Math.min(BLOCK, rowsOf[fold].length - first);
      double[] x = block(states, rowsOf[fold], first, count);
      BLAS.getInstance().dgemm("N", "T", size, size, count, 1, x, size, x, size, 1, g, size);
      for (int i = 0; i < count; i++) {
        int at = truths[rowsOf[fold][first + i]] * size;
        for (int d = 0; d < size; d++) {
          c[at + d] += x[i * size + d];
        }
      }
    }
    gram[fold] = g;
    cross[fold] = c;
  }

  /** Some of the rows as columns {@code [size, count]}. */
  private double[] block(float[][] source, int[] rows, int first, int count) {
    double[] x = new double[count * size];
    for (int i = 0; i < count; i++) {
      float[] state = source[rows[first + i]];
      for (int d = 0; d < size - 1; d++) {
        x[i * size + d] = state[d];
      }
      x[(i + 1) * size - 1] = 1;
    }
    return x;
  }

  /** Share of the rows that are answered rightly with each ridge. */
  double[] accuracies(double[] ridges) {
    int[] right =
        IntStream.range(0, FOLDS * ridges.length)
            .parallel()
            .map(i -> right(i % FOLDS, ridges[i / FOLDS]))
            .toArray();
    double[] shares = new double[ridges.length];
    for (int i = 0; i < right.length; i++) {
      shares[i / FOLDS] += (double) right[i] / truths.length;
    }
    return shares;
  }

  /** The best ρ by the cross-fitted share of rows that are answered rightly. */
  public double bestRidge() {
    double[] accuracy = accuracies(RIDGES);
    int top = 0;
    for (int r = 1; r < RIDGES.length; r++) {
      top = accuracy[r] > accuracy[top] ? r : top;
    }
    return RIDGES[top];
  }

  /**
   * Share of other rows that are answered rightly by W of all rows; 0 where these are too few for
   * any.
   *
   * @param ridge ρ
   * @param others their states
   * @param othersTruths label of each; -1 where it is none of the labels
   */
  public double accuracy(double ridge, float[][] others, int[] othersTruths) {
    int[] all = IntStream.range(0, others.length).toArray();
    return (double) right(weights(NO_FOLD, ridge), others, all, othersTruths) / others.length;
  }

  private int right(int fold, double ridge) {
    return right(weights(fold, ridge), states, rowsOf[fold], truths);
  }

  /** W {@code [size, labels]} of all folds but one; null where their rows are too few for any. */
  private double[] weights(int without, double ridge) {
    double[] left = new double[size * size];
    double[] weights = new double[size * labels];
    for (int fold = 0; fold < FOLDS; fold++) {
      if (fold != without) {
        add(left, gram[fold]);
        add(weights, cross[fold]);
      }
    }
    double rows = left[size * size - 1];
    if (rows == 0) {
      return null;
    }
    for (int d = 0; d < size - 1; d++) {
      double mean = left[d * size + size - 1] / rows;
      double variance = Math.max(0, left[d * size + d] / rows - mean * mean);
      left[d * size + d] += ridge * rows * variance + 1e-9 * rows;
    }
    intW info = new intW(0);
    LAPACK.getInstance().dposv("L", size, labels, left, size, weights, size, info);
    return info.val == 0 ? weights : null;
  }

  /** How many of the rows are answered rightly; none without weights. */
  private int right(double[] weights, float[][] source, int[] rows, int[] labelOf) {
    int right = 0;
    for (int first = 0; weights != null && first < rows.length; first += BLOCK) {
      int count = Math.min(BLOCK, rows.length - first);
      double[] x = block(source, rows, first, count);
      double[] scores = new double[labels * count];
      BLAS.getInstance()
          .dgemm("T", "N", labels, count, size, 1, weights, size, x, size, 0, scores, labels);
      for (int i = 0; i < count; i++) {
        int top = 0;
        for (int label = 1; label < labels; label++) {
          top = scores[i * labels + label] > scores[i * labels + top] ? label : top;
        }
        right += top == labelOf[rows[first + i]] ? 1 : 0;
      }
    }
    return right;
  }

  private static void add(double[] sum, double[] part) {
    Arrays.setAll(sum, i -> sum[i] + part[i]);
  }
}
