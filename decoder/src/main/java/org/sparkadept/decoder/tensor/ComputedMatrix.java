package org.sparkadept.decoder.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A matrix that is made of others whenever rows of it are read: nothing of it is held. Thread-safe,
 * as its parts are.
 */
public final class ComputedMatrix implements Matrix {
  private final String name;
  private final int rows;
  private final int cols;
  private final Rows values;

  /** Makes whole rows, {@code [rowCount, cols]}. */
  @FunctionalInterface
  private interface Rows {
    void read(int firstRow, int rowCount, float[] dst, int dstPos);
  }

  private ComputedMatrix(String name, int rows, int cols, Rows values) {
    this.name = name;
    this.rows = rows;
    this.cols = cols;
    this.values = values;
  }

  /**
   * The rows of one matrix above those of another.
   *
   * @param upper {@code [a, cols]}
   * @param lower {@code [b, cols]}
   * @return {@code [a + b, cols]}
   */
  public static Matrix stack(Matrix upper, Matrix lower) {
    int cols = upper.cols();
    require(cols == lower.cols(), upper, lower);
    int split = upper.rows();
    return new ComputedMatrix(
        upper.name() + " above " + lower.name(),
        split + lower.rows(),
        cols,
        (first, count, dst, at) -> {
          int above = Math.max(0, Math.min(count, split - first));
          if (above > 0) {
            upper.read(first, above, dst, at);
          }
          if (above < count) {
            lower.read(first + above - split, count - above, dst, at + above * cols);
          }
        });
  }

  /**
   * A matrix times a diagonal one.
   *
   * @param matrix {@code [rows, cols]}
   * @param factors {@code [cols]}: what each column is multiplied with
   */
  public static Matrix scaleColumns(Matrix matrix, float[] factors) {
    int cols = matrix.cols();
    return new ComputedMatrix(
        matrix.name() + " scaled",
        matrix.rows(),
        cols,
        (first, count, dst, at) -> {
          matrix.read(first, count, dst, at);
          for (int row = 0; row < count; row++) {
            for (int i = 0; i < cols; i++) {
              dst[at + row * cols + i] *= factors[i];
            }
          }
        });
  }

  /**
   * A function of each row of a matrix.
   *
   * @param function makes a row of as many columns; it may change its argument
   */
  public static Matrix mapRows(Matrix matrix, UnaryOperator<float[]> function) {
    int cols = matrix.cols();
    return new ComputedMatrix(
        matrix.name() + " by rows",
        matrix.rows(),
        cols,
        (first, count, dst, at) -> {
          float[] row = new float[cols];
          for (int i = 0; i < count; i++) {
            matrix.read(first + i, 1, row, 0);
            System.arraycopy(function.apply(row), 0, dst, at + i * cols, cols);
          }
        });
  }

  /** The sum of two matrices of one shape. */
  public static Matrix sum(Matrix left, Matrix right) {
    int cols = left.cols();
    require(left.rows() == right.rows() && cols == right.cols(), left, right);
    return new ComputedMatrix(
        left.name() + " + " + right.name(),
        left.rows(),
        cols,
        (first, count, dst, at) -> {
          float[] added = new float[count * cols];
          right.read(first, count, added, 0);
          left.read(first, count, dst, at);
          for (int i = 0; i < added.length; i++) {
            dst[at + i] += added[i];
          }
        });
  }

  /**
   * The product of two matrices, of which the right one is small.
   *
   * @param left {@code [rows, inner]}
   * @param right {@code [inner, cols]}; read as a whole each time
   */
  public static Matrix product(Matrix left, Matrix right) {
    int inner = left.cols();
    int cols = right.cols();
    require(inner == right.rows(), left, right);
    return new ComputedMatrix(
        left.name() + " · " + right.name(),
        left.rows(),
        cols,
        (first, count, dst, at) -> {
          float[] factors = new float[count * inner];
          left.read(first, count, factors, 0);
          float[] rows = new float[inner * cols];
          right.read(0, inner, rows, 0);
          for (int row = 0; row < count; row++) {
            multiply(factors, row * inner, inner, rows, cols, dst, at + row * cols);
          }
        });
  }

  private static void multiply(
      float[] factors, int from, int inner, float[] rows, int cols, float[] dst, int at) {
    Arrays.fill(dst, at, at + cols, 0);
    for (int k = 0; k < inner; k++) {
      float factor = factors[from + k];
      int row = k * cols;
      for (int i = 0; i < cols; i++) {
        dst[at + i] += factor * rows[row + i];
      }
    }
  }

  private static void require(boolean fits, Matrix left, Matrix right) {
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              "%s [%d, %d] and %s [%d, %d] do not fit together.",
              left.name(), left.rows(), left.cols(), right.name(), right.rows(), right.cols()));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int cols() {
    return cols;
  }

  @Override
  public DType dtype() {
    return DType.F32;
  }

  @Override
  public void read(int firstRow, int rowCount, float[] dst, int dstPos) {
    Objects.checkFromIndexSize(firstRow, rowCount, rows);
    Objects.checkFromIndexSize(dstPos, rowCount * cols, dst.length);
    values.read(firstRow, rowCount, dst, dstPos);
  }

  @Override
  public void readStored(int firstRow, int rowCount, ByteBuffer dst) {
    float[] read = new float[Math.multiplyExact(rowCount, cols)];
    read(firstRow, rowCount, read, 0);
    ByteBuffer target = dst.slice(dst.position(), dst.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    target.asFloatBuffer().put(read);
    dst.position(dst.position() + read.length * Float.BYTES);
  }
}
