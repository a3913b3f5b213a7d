package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.blas.BLAS;
import org.sparkadept.decoder.fit.MapperSums;
import org.sparkadept.decoder.model.LinearTensors;

/**
 * Sums over tokens of what a copied state leaves over, {@code d = y − C·x − c} with {@code x =
 * n(h_e)}. Matrices are column-major.
 *
 * @param products {@code Σ d·xᵀ} {@code [outputs, width]}
 * @param sums {@code Σ d} {@code [outputs]}
 * @param squares {@code Σ ‖d‖²}
 */
record Residuals(double[] products, double[] sums, double squares) {

  /**
   * @param sums of the tokens
   * @param layer above the exit layer, from 1
   * @param copy C {@code [outputs, width]} and c
   */
  static Residuals of(MapperSums sums, int layer, LinearTensors copy) {
    int n = sums.inputs();
    int width = n - 1;
    int outputs = sums.outputs();
    double[] gram = sums.gram();
    double[] cross = sums.cross(layer); // Row-major [n, outputs]: column-major [outputs, n].
    double[] weight = new double[width * outputs]; // Cᵀ, column-major.
    float[] read = new float[weight.length];
    copy.weight().read(0, outputs, read, 0);
    for (int i = 0; i < read.length; i++) {
      weight[i] = read[i];
    }
    double[] left = cross.clone();
    BLAS.getInstance()
        .dgemm("T", "N", outputs, n, width, -1, weight, width, gram, n, 1, left, outputs);
    double squares = sums.squares(layer);
    for (int i = 0; i < n; i++) {
      double inputSum = gram[width * n + i];
      for (int o = 0; o < outputs; o++) {
        int at = i * outputs + o;
        left[at] -= copy.bias()[o] * inputSum;
        double factor = i < width ? weight[o * width + i] : copy.bias()[o];
        squares -= factor * (cross[at] + left[at]);
      }
    }
    double[] products = new double[outputs * width];
    double[] residualSums = new double[outputs];
    System.arraycopy(left, 0, products, 0, products.length);
    System.arraycopy(left, products.length, residualSums, 0, outputs);
    return new Residuals(products, residualSums, Math.max(0, squares));
  }

  /**
   * The same sums with means taken off: {@code Σ (d − meanD)·(x − meanX)ᵀ} and so on.
   *
   * @param inputSums {@code Σ x} {@code [width]}, maybe longer
   * @param tokens how many tokens were summed over
   */
  Residuals centred(double[] inputSums, double tokens, double[] meanX, double[] meanD) {
    int outputs = sums.length;
    double[] centredProducts = products.clone();
    for (int i = 0; i < meanX.length; i++) {
      for (int o = 0; o < outputs; o++) {
        centredProducts[i * outputs + o] -=
            sums[o] * meanX[i] + meanD[o] * (inputSums[i] - tokens * meanX[i]);
      }
    }
    double[] centredSums = sums.clone();
    double centredSquares = squares;
    for (int o = 0; o < outputs; o++) {
      centredSums[o] -= tokens * meanD[o];
      centredSquares += meanD[o] * (tokens * meanD[o] - 2 * sums[o]);
    }
    return new Residuals(centredProducts, centredSums, Math.max(0, centredSquares));
  }
}
