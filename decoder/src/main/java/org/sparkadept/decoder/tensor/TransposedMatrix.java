package org.sparkadept.decoder.tensor;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A matrix that lies in the file transposed, as [in, out] (GPT-2's {@code Conv1D}), or a range of
 * the outputs of one, where several projections share a tensor.
 *
 * @param tensor [in, allOutputs]
 * @param firstOutput first column of the tensor that belongs to this matrix
 * @param rows number of outputs that belong to it
 */
public record TransposedMatrix(Tensor tensor, int firstOutput, int rows) implements Matrix {
  /** Inputs that are turned at once: a strip of a destination row of a cache line or two. */
  private static final int STRIP = 32;

  @Override
  public String name() {
    return tensor.name();
  }

  @Override
  public int cols() {
    return tensor.dim(0);
  }

  @Override
  public void read(int firstRow, int rowCount, float[] dst, int dstPos) {
    Objects.checkFromIndexSize(firstRow, rowCount, rows);
    int cols = cols();
    Objects.checkFromIndexSize(dstPos, Math.multiplyExact(rowCount, cols), dst.length);
    float[] strip = new float[Math.multiplyExact(STRIP, rowCount)];
    for (int first = 0; first < cols; first += STRIP) {
      int count = Math.min(STRIP, cols - first);
      for (int i = 0; i < count; i++) {
        long start = (long) (first + i) * tensor.dim(1) + firstOutput + firstRow;
        tensor.read(start, strip, i * rowCount, rowCount);
      }
      for (int row = 0; row < rowCount; row++) {
        int to = dstPos + row * cols + first;
        for (int i = 0; i < count; i++) {
          dst[to + i] = strip[i * rowCount + row];
        }
      }
    }
  }

  @Override
  public DType dtype() {
    return tensor.dtype();
  }

  @Override
  public void readStored(int firstRow, int rowCount, ByteBuffer dst) {
    Objects.checkFromIndexSize(firstRow, rowCount, rows);
    int bytes = dtype().bytes();
    int rowBytes = cols() * bytes;
    if (dst.remaining() < Math.multiplyExact(rowCount, rowBytes)) {
      throw new BufferOverflowException();
    }
    ByteBuffer column = ByteBuffer.allocate(rowCount * bytes);
    for (int col = 0; col < cols(); col++) {
      tensor.readStored((long) col * tensor.dim(1) + firstOutput + firstRow, rowCount, column);
      column.flip();
      for (int row = 0; row < rowCount; row++) {
        dst.put(dst.position() + row * rowBytes + col * bytes, column, row * bytes, bytes);
      }
      column.clear();
    }
    dst.position(dst.position() + rowCount * rowBytes);
  }
}
