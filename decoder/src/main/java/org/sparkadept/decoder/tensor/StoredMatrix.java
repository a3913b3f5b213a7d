package org.sparkadept.decoder.tensor;

import java.nio.ByteBuffer;
import java.util.Objects;

/** A matrix that lies in the file as it is used: [out, in]. */
public record StoredMatrix(Tensor tensor) implements Matrix {

  @Override
  public String name() {
    return tensor.name();
  }

  @Override
  public int rows() {
    return tensor.dim(0);
  }

  @Override
  public int cols() {
    return tensor.dim(1);
  }

  @Override
  public void read(int firstRow, int rowCount, float[] dst, int dstPos) {
    Objects.checkFromIndexSize(firstRow, rowCount, rows());
    tensor.read((long) firstRow * cols(), dst, dstPos, Math.multiplyExact(rowCount, cols()));
  }

  @Override
  public DType dtype() {
    return tensor.dtype();
  }

  @Override
  public void readStored(int firstRow, int rowCount, ByteBuffer dst) {
    Objects.checkFromIndexSize(firstRow, rowCount, rows());
    tensor.readStored((long) firstRow * cols(), Math.multiplyExact(rowCount, cols()), dst);
  }
}
