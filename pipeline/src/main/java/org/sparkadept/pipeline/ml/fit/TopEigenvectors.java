package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.lapack.LAPACK;
import java.util.Random;
import org.netlib.util.intW;
import org.sparkadept.decoder.error.AdeptException;

/**
 * The top eigenvectors of a symmetric positive semidefinite product {@code L·R} that is not formed,
 * by subspace iteration from a random start (Halko, Martinsson and Tropp 2011, section 4.5).
 * Matrices are column-major.
 */
final class TopEigenvectors {
  private static final int ITERATIONS = 3;

  /** Vectors beyond the wanted ones; these then converge faster. */
  private static final int MORE = 16;

  private static final BLAS MATH = BLAS.getInstance();

  private TopEigenvectors() {}

  /**
   * @param left L {@code [size, inner]}
   * @param right R {@code [inner, size]}
   * @param count how many eigenvectors; at most {@code size}
   * @return {@code [size, count]}, the largest eigenvalue's first; columns of zeros where the
   *     product has not that many
   */
  static double[] of(double[] left, double[] right, int size, int inner, int count) {
    int subspace = Math.min(size, count + MORE);
    double[] vectors = new double[size * subspace];
    Random random = new Random(1);
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = random.nextGaussian();
    }
    double[] halfway = new double[inner * subspace];
    for (int i = 0; i < ITERATIONS; i++) {
      orthonormalize(vectors, size, subspace);
      MATH.dgemm(
          "N", "N", inner, subspace, size, 1, right, inner, vectors, size, 0, halfway, inner);
      MATH.dgemm("N", "N", size, subspace, inner, 1, left, size, halfway, inner, 0, vectors, size);
    }
    orthonormalize(vectors, size, subspace);
    return ritz(left, right, vectors, size, inner, subspace, count);
  }

  /** Eigenvectors within the subspace (Rayleigh-Ritz). */
  private static double[] ritz(
      double[] left, double[] right, double[] basis, int size, int inner, int subspace, int count) {
    double[] mappedRight = new double[inner * subspace];
    double[] mappedLeft = new double[inner * subspace];
    MATH.dgemm(
        "N", "N", inner, subspace, size, 1, right, inner, basis, size, 0, mappedRight, inner);
    MATH.dgemm("T", "N", inner, subspace, size, 1, left, size, basis, size, 0, mappedLeft, inner);
    double[] small = new double[subspace * subspace];
    MATH.dgemm(
        "T",
        "N",
        subspace,
        subspace,
        inner,
        1,
        mappedLeft,
        inner,
        mappedRight,
        inner,
        0,
        small,
        subspace);
    double[] values = new double[subspace];
    double[] work = new double[subspace * 40];
    intW info = new intW(0);
    LAPACK
        .getInstance()
        .dsyev("V", "U", subspace, small, subspace, values, work, work.length, info);
    if (info.val != 0) {
      throw new AdeptException(
          "The rank of the hidden state mapper cannot be chosen: its sums are"
              + " not finite. Set tokenExit to false (--no-token-exit), or check the checkpoint.");
    }
    double[] top = new double[subspace * count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(small, (subspace - 1 - i) * subspace, top, i * subspace, subspace);
    }
    double[] vectors = new double[size * count];
    MATH.dgemm("N", "N", size, count, subspace, 1, basis, size, top, subspace, 0, vectors, size);
    return vectors;
  }

  /** Modified Gram-Schmidt, twice over each column. */
  private static void orthonormalize(double[] vectors, int size, int count) {
    for (int column = 0; column < count; column++) {
      int at = column * size;
      double before = MATH.dnrm2(size, vectors, at, 1);
      for (int pass = 0; pass < 2; pass++) {
        for (int other = 0; other < at; other += size) {
          double dot = MATH.ddot(size, vectors, other, 1, vectors, at, 1);
          MATH.daxpy(size, -dot, vectors, other, 1, vectors, at, 1);
        }
      }
      double norm = MATH.dnrm2(size, vectors, at, 1);
      MATH.dscal(size, norm > 1e-10 * before ? 1 / norm : 0, vectors, at, 1);
    }
  }
}
