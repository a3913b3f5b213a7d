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
