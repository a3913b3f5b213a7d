package org.sparkadept.decoder.fit;

import org.sparkadept.decoder.model.LinearTensors;

/**
 * {@code y = W·x + b} with W transposed, so that the inner loop runs over outputs side by side.
 *
 * @param weight {@code [in][out]}
 * @param bias {@code [out]}
 */
record Projection(float[][] weight, float[] bias) {

  /** One projection, or several with their outputs one after the other. */
  static Projection of(LinearTensors... parts) {
    int out = 0;
    for (LinearTensors part : parts) {
      out += part.weight().rows();
    }
    float[][] weight = new float[parts[0].weight().cols()][out];
    float[] bias = new float[out];
    int at = 0;
    for (LinearTensors part : parts) {
      float[] row = new float[weight.length];
      for (int o = 0; o < part.weight().rows(); o++) {
        part.weight().read(o, 1, row, 0);
        for (int i = 0; i < row.length; i++) {
          weight[i][at] = row[i];
        }
        bias[at] = part.bias() == null ? 0 : part.bias()[o];
        at++;
      }
    }
    return new Projection(weight, bias);
  }

  float[] apply(float[] x) {
    float[] y = bias.clone();
    for (int i = 0; i < x.length; i++) {
      float[] row = weight[i];
      float factor = x[i];
      for (int o = 0; o < y.length; o++) {
        y[o] += factor * row[o];
      }
    }
    return y;
  }
}
