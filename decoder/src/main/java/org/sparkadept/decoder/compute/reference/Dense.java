package org.sparkadept.decoder.compute.reference;

import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * A dense matrix on the heap, with a bias: {@code y = W·x + b}.
 *
 * @param out rows of W
 * @param in columns of W
 * @param weight {@code [out, in]}
 * @param bias {@code [out]}, or null
 */
record Dense(int out, int in, float[] weight, float[] bias) {
  static Dense of(LinearTensors tensors) {
    return of(tensors.weight(), tensors.bias());
  }

  static Dense of(Matrix matrix, float[] bias) {
    float[] weight = new float[Math.multiplyExact(matrix.rows(), matrix.cols())];
    matrix.read(0, matrix.rows(), weight, 0);
    return new Dense(matrix.rows(), matrix.cols(), weight, bias);
  }

  float[] row(int index) {
    return java.util.Arrays.copyOfRange(weight, index * in, (index + 1) * in);
  }

  float[] apply(float[] x) {
    float[] y = new float[out];
    for (int o = 0; o < out; o++) {
      double sum = bias == null ? 0 : bias[o];
      for (int i = 0; i < in; i++) {
        sum += (double) weight[o * in + i] * x[i];
      }
      y[o] = (float) sum;
    }
    return y;
  }
}
