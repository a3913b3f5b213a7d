package org.sparkadept.decoder.tensor;

import java.nio.ByteBuffer;
import org.sparkadept.decoder.error.CheckpointException;

/**
 * A weight matrix that is read on demand, row-major [out, in] whatever the file has. Thread-safe.
 */
public interface Matrix {

  /**
   * A matrix as it stands in a file.
   *
   * @param tensor a tensor [rows, cols]
   * @return a view of it
   */
  static Matrix of(Tensor tensor) {
    return new StoredMatrix(tensor);
  }

  /**
   * A matrix in memory.
   *
   * @param name what it is called in messages
   * @param rows number of rows
   * @param cols number of columns
   * @param values {@code [rows, cols]}; not copied
   * @return a view of them
   */
  static Matrix of(String name, int rows, int cols, float[] values) {
    return new ArrayMatrix(name, rows, cols, values);
  }

  /** Name of the tensor that holds it. */
  String name();

  /** Number of rows: outputs of a projection, ids of an embedding. */
  int rows();

  /** Number of columns: inputs of a projection, width of an embedding. */
  int cols();

  /** The number format that it is stored in. */
  DType dtype();

  /**
   * Reads whole rows as they are stored, without a conversion.
   *
   * @param firstRow first row
   * @param rowCount number of rows
   * @param dst receives {@code rowCount · cols() · dtype().bytes()} bytes, little-endian, from its
   *     position on
   * @throws IndexOutOfBoundsException if the rows are not in the matrix
   * @throws java.nio.BufferOverflowException if they do not fit {@code dst}
   * @throws CheckpointException if the file was cut meanwhile
   */
  void readStored(int firstRow, int rowCount, ByteBuffer dst);

  /**
   * Reads whole rows.
   *
   * @param firstRow first row
   * @param rowCount number of rows
   * @param dst where to; gets {@code rowCount · cols()} numbers
   * @param dstPos first index in {@code dst}
   * @throws IndexOutOfBoundsException if the rows are not in the matrix or do not fit {@code dst}
   * @throws CheckpointException if the file was cut meanwhile
   */
  void read(int firstRow, int rowCount, float[] dst, int dstPos);
}
