package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.blas.BLAS;
import java.io.Serializable;

/**
 * {@code W·x + b}.
 *
 * @param weight {@code W} {@code [outputs, inputs]}
 * @param bias {@code b} {@code [outputs]}
 */
public record Linear(float[] weight, float[] bias) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Length of x. */
  public int inputs() {
    return weight.length / bias.length;
  }

  /**
   * Computes {@code W·x + b}.
   *
   * @param x at least as long as the inputs; what is behind these is not read
   * @return {@code [outputs]}
   */
  public float[] scores(float[] x) {
    float[] scores = bias.clone();
    BLAS.getInstance().sgemv("T", inputs(), bias.length, 1, weight, inputs(), x, 1, 1, scores, 1);
    return scores;
  }

  /**
   * Computes {@code W·x + b} for some rows.
   *
   * @param x the rows, each at least as long as the inputs
   * @param at where the first one is
   * @param stride how far it is from one to the next
   * @param count number of rows
   * @param scores is filled, {@code [rows, outputs]}
   */
  void scores(float[] x, int at, int stride, int count, float[] scores) {
    int outputs = bias.length;
    for (int row = 0; row < count; row++) {
      System.arraycopy(bias, 0, scores, row * outputs, outputs);
    }
    BLAS.getInstance()
        .sgemm(
            "T", "N", outputs, count, inputs(), 1, weight, 0, inputs(), x, at, stride, 1, scores, 0,
            outputs);
  }

  /** What gives the mean of the scores of some, which have the same inputs and outputs. */
  static Linear mean(Linear[] some) {
    Linear mean = new Linear(new float[some[0].weight.length], new float[some[0].bias.length]);
    for (Linear linear : some) {
      for (int i = 0; i < mean.weight.length; i++) {
        mean.weight[i] += linear.weight[i] / some.length;
      }
      for (int i = 0; i < mean.bias.length; i++) {
        mean.bias[i] += linear.bias[i] / some.length;
      }
    }
    return mean;
  }

  /** The same with all scores multiplied. */
  Linear times(double factor) {
    float[] weights = weight.clone();
    float[] biases = bias.clone();
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= (float) factor;
    }
    for (int i = 0; i < biases.length; i++) {
      biases[i] *= (float) factor;
    }
    return new Linear(weights, biases);
  }
}
