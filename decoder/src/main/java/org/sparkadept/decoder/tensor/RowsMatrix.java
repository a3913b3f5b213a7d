package org.sparkadept.decoder.tensor;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Some rows of a matrix, where several projections share a tensor.
 *
 * @param source the whole
 * @param firstRow first row of it that belongs to this matrix
 * @param rows how many do
 */
public record RowsMatrix(Matrix source, int firstRow, int rows) implements Matrix {
  public RowsMatrix {
    Objects.checkFromIndexSize(firstRow, rows, source.rows());
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public int cols() {
    return source.cols();
  }

  @Override
  public DType dtype() {
    return source.dtype();
  }

  @Override
  public void read(int first, int rowCount, float[] dst, int dstPos) {
    Objects.checkFromIndexSize(first, rowCount, rows);
    source.read(firstRow + first, rowCount, dst, dstPos);
  }

  @Override
  public void readStored(int first, int rowCount, ByteBuffer dst) {
    Objects.checkFromIndexSize(first, rowCount, rows);
    source.readStored(firstRow + first, rowCount, dst);
  }
}
