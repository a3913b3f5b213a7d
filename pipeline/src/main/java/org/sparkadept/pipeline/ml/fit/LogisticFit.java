package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.blas.BLAS;
import java.util.List;
import java.util.stream.IntStream;
import org.sparkadept.decoder.result.LabelSet;

/**
 * Multinomial logistic regression with the penalty {@code λ/2·Σ_k w_kᵀ(S + V)w_k}, S the covariance
 * within the classes and V the variances: directions in which the rows of a class differ anyway are
 * held to be noise, as in linear discriminant analysis. Minimized in the coordinates {@code v_k =
 * Lᵀw_k}, {@code L·Lᵀ = S + V}, where the penalty is {@code λ/2·‖v‖²} and a few iterations suffice.
 *
 * <p>Where rows may have several labels it is a binary logistic regression of each label, all of
 * them with the same penalty; they start with the log-odds of the labels' shares as biases.
 */
final class LogisticFit implements Lbfgs.Objective {
  /** At most; the coordinates are white, so few suffice. */
  private static final int ITERATIONS = 10;

  /** The same where rows may have several labels, of which some are rare. */
  private static final int MULTI_LABEL_ITERATIONS = 20;

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

  /** What biases are counted from; null where each row has one label. */
  private final double[] logOdds;

  private LogisticFit(
      HeadRows rows,
      int without,
      float[] whitening,
      int labels,
      boolean multiLabel,
      int inputs,
      double lambda) {
    this.rows = rows;
    this.without = without;
    this.whitening = whitening;
    this.labels = labels;
    this.inputs = inputs;
    this.lambda = lambda;
    logOdds = multiLabel ? logOdds() : null;
  }

  /** Log-odds of the labels' shares of the rows. */
  private double[] logOdds() {
    double[] counts = new double[labels];
    int count = 0;
    for (int fold = 0; fold < HeadFit.FOLDS; fold++) {
      for (int row = rows.start(fold); row < rows.start(fold + 1) && fold != without; row++) {
        count++;
        for (int i = 0; i < rows.truth(row).size(); i++) {
          counts[rows.truth(row).get(i)]++;
        }
      }
    }
    for (int label = 0; label < labels; label++) {
      counts[label] = Math.log((counts[label] + 0.5) / (count - counts[label] + 0.5));
    }
    return counts;
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
   * @param multiLabel whether rows may have several
   * @param inputs how many of the values of a row are read, from the first on
   * @param lambda λ
   * @return a head of rows without their mean
   */
  static Linear fit(
      HeadRows rows,
      int without,
      float[] whitening,
      int labels,
      boolean multiLabel,
      int inputs,
      double lambda) {
    if (whitening == null) {
      return new Linear(new float[labels * inputs], new float[labels]);
    }
    LogisticFit fit = new LogisticFit(rows, without, whitening, labels, multiLabel, inputs, lambda);
    int iterations = multiLabel ? MULTI_LABEL_ITERATIONS : ITERATIONS;
    return fit.head(Lbfgs.minimize(fit, labels * (inputs + 1), iterations, TOLERANCE));
  }

  /** {@code w_k = L⁻ᵀ·v_k}, and the biases. */
  private Linear head(double[] x) {
    Linear head = new Linear(new float[labels * inputs], new float[labels]);
    float[] coordinates = new float[labels * inputs];
    for (int i = 0; i < coordinates.length; i++) {
      coordinates[i] = (float) x[i];
    }
    product("T", 1, coordinates, head.weight());
    for (int label = 0; label < labels; label++) {
      double from = logOdds == null ? 0 : logOdds[label];
      head.bias()[label] = (float) (from + x[coordinates.length + label]);
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
    List<LossSums> byFold =
        IntStream.range(0, HeadFit.FOLDS)
            .filter(fold -> fold != without)
            .parallel()
            .mapToObj(fold -> new LossSums().add(head, rows.start(fold), rows.start(fold + 1)))
            .toList();
    LossSums sum = new LossSums();
    byFold.forEach(sum::add);
    float[] coordinates = new float[labels * inputs];
    product("N", 1f / sum.count, sum.weights, coordinates);
    double squares = 0;
    for (int i = 0; i < coordinates.length; i++) {
      gradient[i] = coordinates[i] + lambda * x[i];
      squares += x[i] * x[i];
    }
    for (int label = 0; label < labels; label++) {
      gradient[coordinates.length + label] = sum.biases[label] / sum.count;
    }
    return sum.loss / sum.count + lambda / 2 * squares;
  }

  /** Cross-entropy of some rows, and its gradients by weights and biases. */
  private final class LossSums {
    private final float[] weights = new float[labels * inputs];
    private final double[] biases = new double[labels];
    private double loss;
    private int count;

    void add(LossSums other) {
      MATH.saxpy(weights.length, 1, other.weights, 1, weights, 1);
      MATH.daxpy(labels, 1, other.biases, 1, biases, 1);
      loss += other.loss;
      count += other.count;
    }

    LossSums add(Linear head, int from, int to) {
      int blockRows = blockRows(labels);
      float[] scores = new float[blockRows * labels];
      for (int row = from; row < to; row += blockRows) {
        block(head, row, Math.min(blockRows, to - row), scores);
      }
      return this;
    }

    private void block(Linear head, int from, int rowsOfBlock, float[] scores) {
      int size = rows.size();
      int at = from * size;
      head.scores(rows.states(), at, size, rowsOfBlock, scores);
      for (int row = 0; row < rowsOfBlock; row++) {
        if (logOdds == null) {
          softmaxAndLoss(scores, row * labels, rows.truth(from + row).get(0));
        } else {
          sigmoidAndLoss(scores, row * labels, rows.truth(from + row));
        }
      }
      MATH.sgemm(
          "N",
          "T",
          inputs,
          labels,
          rowsOfBlock,
          1,
          rows.states(),
          at,
          size,
          scores,
          0,
          labels,
          1,
          weights,
          0,
          inputs);
      count += rowsOfBlock;
    }

    /** Scores become the derivatives of the row's loss, the sum of those of its labels. */
    private void sigmoidAndLoss(float[] scores, int first, LabelSet truth) {
      for (int i = 0; i < truth.size(); i++) {
        loss -= scores[first + truth.get(i)];
      }
      SoftplusSum softplus = new SoftplusSum();
      for (int label = 0; label < labels; label++) {
        double z = scores[first + label];
        double small = softplus.add(z);
        scores[first + label] = (float) ((z > 0 ? 1 : small) / (1 + small));
      }
      loss += softplus.sum();
      for (int i = 0; i < truth.size(); i++) {
        scores[first + truth.get(i)] -= 1;
      }
      for (int label = 0; label < labels; label++) {
        biases[label] += scores[first + label];
      }
    }

    /** Scores become the derivatives of the row's loss. */
    private void softmaxAndLoss(float[] scores, int first, int truth) {
      float top = Float.NEGATIVE_INFINITY;
      for (int i = first; i < first + labels; i++) {
        top = Math.max(top, scores[i]);
      }
      double right = scores[first + truth] - top;
      double sum = 0;
      for (int i = first; i < first + labels; i++) {
        scores[i] = (float) Math.exp(scores[i] - top);
        sum += scores[i];
      }
      loss += Math.log(sum) - right;
      for (int label = 0; label < labels; label++) {
        scores[first + label] = (float) (scores[first + label] / sum) - (label == truth ? 1 : 0);
        biases[label] += scores[first + label];
      }
    }
  }
}
