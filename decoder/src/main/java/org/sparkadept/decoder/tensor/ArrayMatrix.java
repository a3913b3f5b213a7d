package org.sparkadept.decoder.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** A matrix on the heap, row-major. */
record ArrayMatrix(String name, int rows, int cols, float[] values) implements Matrix {
  @Override
  public void read(int firstRow, int rowCount, float[] dst, int dstPos) {
    System.arraycopy(values, firstRow * cols, dst, dstPos, rowCount * cols);
  }

  @Override
  public DType dtype() {
    return DType.F32;
  }

  @Override
  public void readStored(int firstRow, int rowCount, ByteBuffer dst) {
    Objects.checkFromIndexSize(firstRow, rowCount, rows);
    int bytes = rowCount * cols * Float.BYTES;
    ByteBuffer target = dst.slice(dst.position(), dst.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    target.asFloatBuffer().put(values, firstRow * cols, rowCount * cols);
    dst.position(dst.position() + bytes);
  }
}
