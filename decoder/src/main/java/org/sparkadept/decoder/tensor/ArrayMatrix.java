package org.sparkadept.decoder.tensor;

/** A matrix on the heap, row-major. */
record ArrayMatrix(String name, int rows, int cols, float[] values) implements Matrix {
  @Override
  public void read(int firstRow, int rowCount, float[] dst, int dstPos) {
    System.arraycopy(values, firstRow * cols, dst, dstPos, rowCount * cols);
  }
}
