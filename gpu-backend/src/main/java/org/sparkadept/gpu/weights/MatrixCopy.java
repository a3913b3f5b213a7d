package org.sparkadept.gpu.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.sparkadept.decoder.tensor.Matrix;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Copies matrices into arrays of single or half precision. */
final class MatrixCopy {
  /** Elements that are read at once. */
  private static final int CHUNK = 1 << 20;

  private static final int WITHOUT_SIGN = 0x7fff;
  private static final int INFINITY = 0x7c00;

  private MatrixCopy() {}

  /**
   * Copies a matrix.
   *
   * @param target an array in single precision, or in half precision, to which weights are rounded
   *     to nearest, ties to even
   * @param at index of the first element in {@code target}
   * @throws OutOfHalfRangeException if a finite weight would be rounded to infinity
   */
  static void copy(Matrix matrix, TornadoNativeArray target, long at) {
    int rows = matrix.rows();
    int cols = matrix.cols();
    int step = Math.max(1, CHUNK / cols);
    float[] chunk = new float[Math.min(step, rows) * cols];
    short[] halves = new short[target instanceof HalfFloatArray ? chunk.length : 0];
    MemorySegment segment = target.getSegment();
    for (int row = 0; row < rows; row += step) {
      int count = Math.min(step, rows - row);
      matrix.read(row, count, chunk, 0);
      int elements = count * cols;
      long byteAt = (at + (long) row * cols) * target.getElementSize();
      if (target instanceof HalfFloatArray) {
        round(chunk, elements, halves, matrix.name());
        MemorySegment.copy(halves, 0, segment, ValueLayout.JAVA_SHORT, byteAt, elements);
      } else {
        MemorySegment.copy(chunk, 0, segment, ValueLayout.JAVA_FLOAT, byteAt, elements);
      }
    }
  }

  /**
   * Reads a matrix without copying it.
   *
   * @throws OutOfHalfRangeException if a finite weight would be rounded to infinity
   */
  static void requireHalfRange(Matrix matrix) {
    int cols = matrix.cols();
    int step = Math.max(1, CHUNK / cols);
    float[] chunk = new float[Math.min(step, matrix.rows()) * cols];
    short[] halves = new short[chunk.length];
    for (int row = 0; row < matrix.rows(); row += step) {
      int count = Math.min(step, matrix.rows() - row);
      matrix.read(row, count, chunk, 0);
      round(chunk, count * cols, halves, matrix.name());
    }
  }

  private static void round(float[] weights, int count, short[] halves, String name) {
    for (int i = 0; i < count; i++) {
      short bits = Float.floatToFloat16(weights[i]);
      if ((bits & WITHOUT_SIGN) == INFINITY && Float.isFinite(weights[i])) {
        throw new OutOfHalfRangeException(name, weights[i]);
      }
      halves[i] = bits;
    }
  }
}
