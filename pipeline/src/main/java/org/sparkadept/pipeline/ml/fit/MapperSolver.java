package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.lapack.LAPACK;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.netlib.util.intW;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fit.MapperSums;
import org.sparkadept.decoder.model.LinearTensors;

/**
 * The hidden state mappers of one exit layer e: the copied state plus a correction, by reduced-rank
 * ridge regression (Izenman 1975) of the residual {@code d = y_l − C_l·x − c_l} on {@code x =
 * n(h_e)}, both centred. With {@code G = Σ x·xᵀ + ρ·I} and {@code B = G⁻¹·Σ x·dᵀ}, the best
 * correction of rank r is {@code V·(B·V)ᵀ}, V being the r top eigenvectors of {@code Bᵀ·G·B}. Rank
 * and ρ are chosen by the error on tokens that were kept apart. Matrices are column-major, as
 * LAPACK has them.
 */
final class MapperSolver {
  /** Ranks that are tried before the full one, where their factors are smaller than that. */
  private static final int[] RANKS = {0, 16, 32, 64, 128};

  /** ρ over the mean diagonal of {@code Σ x·xᵀ}. */
  private static final double[] RIDGES = {1e-4, 1e-3, 1e-2, 1e-1};

  /** How many layers ρ is chosen by. */
  private static final int RIDGE_LAYERS = 3;

  /** The smallest rank is taken whose error is larger than the least one by no more than this. */
  private static final double SLACK = 0.01;

  /** And this: errors are known so well from sums in single precision. */
  private static final double ACCURACY = 1e-3;

  private static final BLAS MATH = BLAS.getInstance();

  private final MapperSums fit;
  private final MapperSums held;
  private final IntFunction<LinearTensors> copies;
  private final int width;
  private final int outputs;
  private final double[] mean;
  private final double[] fitGram;
  private final double[] heldGram;

  /**
   * @param fit sums of the tokens to fit on; at least one
   * @param held sums of the tokens kept apart; at least one
   * @param copies the matrix of the copied state of each layer above e, from 1
   */
  MapperSolver(MapperSums fit, MapperSums held, IntFunction<LinearTensors> copies) {
    this.fit = fit;
    this.held = held;
    this.copies = copies;
    width = fit.inputs() - 1;
    outputs = fit.outputs();
    mean = inputSums(fit);
    for (int i = 0; i < width; i++) {
      mean[i] /= fit.tokens();
    }
    fitGram = centred(fit);
    heldGram = centred(held);
  }

  private double[] inputSums(MapperSums sums) {
    int last = width * sums.inputs();
    return Arrays.copyOfRange(sums.gram(), last, last + width);
  }

  /** {@code Σ (x − mean)·(x − mean)ᵀ} {@code [width, width]}. */
  private double[] centred(MapperSums sums) {
    double[] gram = new double[width * width];
    double[] inputs = inputSums(sums);
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < width; j++) {
        gram[i * width + j] =
            sums.gram()[i * sums.inputs() + j]
                - mean[i] * inputs[j]
                - mean[j] * (inputs[i] - sums.tokens() * mean[i]);
      }
    }
    return gram;
  }

  /** What a layer's copied states leave over, centred by the means of the tokens to fit on. */
  private record Layer(int layer, double[] meanD, Residuals fit, Residuals held, double heldCopy) {}

  private Layer layer(int layer) {
    LinearTensors copy = copies.apply(layer);
    Residuals plainFit = Residuals.of(fit, layer, copy);
    Residuals plainHeld = Residuals.of(held, layer, copy);
    double[] meanD = plainFit.sums().clone();
    for (int o = 0; o < outputs; o++) {
      meanD[o] /= fit.tokens();
    }
    return new Layer(
        layer,
        meanD,
        plainFit.centred(inputSums(fit), fit.tokens(), mean, meanD),
        plainHeld.centred(inputSums(held), held.tokens(), mean, meanD),
        plainHeld.squares());
  }

  /** The mappers to all layers above e, in their order. */
  List<MapperCandidates> solve() {
    double[] inverse = chooseRidge();
    List<MapperCandidates> solved = new ArrayList<>();
    for (int layer = fit.exitLayer() + 1; layer <= fit.layers(); layer++) {
      solved.add(solve(layer(layer), inverse));
    }
    return solved;
  }

  /** The inverse of G with the ρ whose corrections of full rank err least. */
  private double[] chooseRidge() {
    List<Layer> judges = new ArrayList<>();
    int above = fit.layers() - fit.exitLayer();
    int count = Math.min(RIDGE_LAYERS, above);
    for (int i = 1; i <= count; i++) {
      judges.add(layer(fit.exitLayer() + i * above / count));
    }
    double[] best = null;
    double least = Double.POSITIVE_INFINITY;
    for (double ridge : RIDGES) {
      double[] inverse = inverse(ridge);
      double error = 0;
      for (Layer judge : judges) {
        error += wholeError(judge, coefficients(judge, inverse));
      }
      if (best == null || error < least) {
        best = inverse;
        least = error;
      }
    }
    return best;
  }

  private double[] inverse(double ridge) {
    double[] inverse = fitGram.clone();
    double trace = 0;
    for (int i = 0; i < width; i++) {
      trace += inverse[i * width + i];
    }
    double shrink = ridge * Math.max(trace / width, Double.MIN_NORMAL);
    for (int i = 0; i < width; i++) {
      inverse[i * width + i] += shrink;
    }
    intW info = new intW(0);
    LAPACK.getInstance().dpotrf("U", width, inverse, width, info);
    if (info.val == 0) {
      LAPACK.getInstance().dpotri("U", width, inverse, width, info);
    }
    if (info.val != 0) {
      throw new AdeptException(
          "The hidden state mapper of layer "
              + fit.exitLayer()
              + " cannot be solved from "
              + fit.tokens()
              + " tokens; raise mapperTokens (--mapper-tokens), or fit without token exits"
              + " (--no-token-exit).");
    }
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < i; j++) {
        inverse[j * width + i] = inverse[i * width + j];
      }
    }
    return inverse;
  }

  /** B {@code [width, outputs]}. */
  private double[] coefficients(Layer layer, double[] inverse) {
    double[] b = new double[width * outputs];
    double[] products = layer.fit.products();
    MATH.dgemm("N", "T", width, outputs, width, 1, inverse, width, products, outputs, 0, b, width);
    return b;
  }

  /** The relative error of the correction B on the tokens kept apart. */
  private double wholeError(Layer layer, double[] b) {
    double[] mapped = new double[b.length];
    MATH.dgemm("N", "N", width, outputs, width, 1, heldGram, width, b, width, 0, mapped, width);
    double squares = layer.held.squares();
    double[] products = layer.held.products();
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < width; i++) {
        int at = o * width + i;
        squares += b[at] * (mapped[at] - 2 * products[i * outputs + o]);
      }
    }
    return relative(layer, squares);
  }

  private double relative(Layer layer, double squares) {
    double whole = Math.max(held.squares(layer.layer), Double.MIN_NORMAL);
    return Math.sqrt(Math.max(0, squares) / whole);
  }

  private MapperCandidates solve(Layer layer, double[] inverse) {
    double[] b = coefficients(layer, inverse);
    int[] ranks = ranks();
    int most = ranks[ranks.length - 2];
    double[] v = new double[outputs * most];
    double[] bv = new double[width * most];
    if (most > 0) {
      v = TopEigenvectors.of(layer.fit.products(), b, outputs, width, most);
      MATH.dgemm("N", "N", width, most, outputs, 1, b, width, v, outputs, 0, bv, width);
    }
    double[] errors = errors(layer, ranks, v, bv);
    errors[ranks.length - 1] = wholeError(layer, b);
    int chosen = choose(errors);
    int[] usable = Arrays.copyOf(ranks, chosen + 1);
    int factors = Math.min(most, ranks[chosen]);
    return new MapperCandidates(
        fit.exitLayer(),
        layer.layer,
        usable,
        Arrays.copyOf(errors, chosen + 1),
        transposed(v, outputs, factors),
        Floats.narrow(bv, 0, width * factors),
        chosen == ranks.length - 1 ? Floats.narrow(b, 0, b.length) : null,
        biases(layer, usable, v, bv, b));
  }

  /** 0, the ranks whose factors are smaller than the whole, and the full rank. */
  private int[] ranks() {
    int full = Math.min(width, outputs);
    int[] ranks =
        Arrays.stream(RANKS).filter(r -> r * (width + outputs) < width * outputs).toArray();
    ranks = Arrays.copyOf(ranks, ranks.length + 1);
    ranks[ranks.length - 1] = full;
    return ranks;
  }

  /**
   * The errors of the ranks with factors: each vector v takes off {@code 2·(B·v)ᵀ·Σ x·dᵀ·v −
   * (B·v)ᵀ·G·(B·v)}, with the sums of the tokens kept apart.
   */
  private double[] errors(Layer layer, int[] ranks, double[] v, double[] bv) {
    double[] errors = new double[ranks.length];
    errors[0] = relative(layer, layer.heldCopy);
    int most = ranks[ranks.length - 2];
    if (most == 0) {
      return errors;
    }
    double[] mapped = new double[width * most];
    double[] wanted = new double[width * most];
    double[] products = layer.held.products();
    MATH.dgemm("N", "N", width, most, width, 1, heldGram, width, bv, width, 0, mapped, width);
    MATH.dgemm("T", "N", width, most, outputs, 1, products, outputs, v, outputs, 0, wanted, width);
    double squares = layer.held.squares();
    int next = 1;
    for (int k = 0; k < most; k++) {
      for (int at = k * width; at < (k + 1) * width; at++) {
        squares += bv[at] * (mapped[at] - 2 * wanted[at]);
      }
      if (k + 1 == ranks[next]) {
        errors[next++] = relative(layer, squares);
      }
    }
    return errors;
  }

  private static int choose(double[] errors) {
    double least = Arrays.stream(errors).min().orElseThrow();
    int chosen = 0;
    while (errors[chosen] > (1 + SLACK) * least + ACCURACY) {
      chosen++;
    }
    return chosen;
  }

  /** Constants: the copy's, and what makes the mean of the residuals that of the corrections. */
  private float[][] biases(Layer layer, int[] ranks, double[] v, double[] bv, double[] b) {
    float[][] biases = new float[ranks.length][outputs];
    float[] copied = copies.apply(layer.layer).bias();
    double[] bias = new double[outputs];
    for (int o = 0; o < outputs; o++) {
      bias[o] = copied[o] + layer.meanD[o];
    }
    int full = Math.min(width, outputs);
    for (int i = 1; i < ranks.length; i++) {
      for (int k = ranks[i - 1]; k < ranks[i] && ranks[i] < full; k++) {
        double shift = MATH.ddot(width, bv, k * width, 1, mean, 0, 1);
        MATH.daxpy(outputs, -shift, v, k * outputs, 1, bias, 0, 1);
      }
      biases[i] = Floats.narrow(bias, 0, outputs);
      if (ranks[i] == full) {
        for (int o = 0; o < outputs; o++) {
          double shift = MATH.ddot(width, b, o * width, 1, mean, 0, 1);
          biases[i][o] = (float) (copied[o] + layer.meanD[o] - shift);
        }
      }
    }
    return biases;
  }

  /** Column-major {@code [rows, cols]} as row-major floats. */
  private static float[] transposed(double[] matrix, int rows, int cols) {
    float[] result = new float[rows * cols];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        result[i * cols + j] = (float) matrix[j * rows + i];
      }
    }
    return result;
  }
}
