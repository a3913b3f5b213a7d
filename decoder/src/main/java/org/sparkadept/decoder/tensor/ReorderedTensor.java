package org.sparkadept.decoder.tensor;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/** A tensor with the rows of another one in another order. */
public final class ReorderedTensor extends Tensor {
  private final Tensor source;
  private final RowOrder order;
  private final long rowSize;

  /** Where rows come from. */
  @FunctionalInterface
  public interface RowOrder {
    /** The row of the source that row {@code row} is. */
    long source(long row);
  }

  /**
   * @param source at least one dimension; a row is what its first index picks
   * @param order a permutation of the rows
   */
  public ReorderedTensor(Tensor source, RowOrder order) {
    super(source.name(), source.shape());
    this.source = source;
    this.order = order;
    long rows = source.shape()[0];
    rowSize = rows == 0 ? 0 : source.size() / rows;
  }

  @Override
  public Path file() {
    return source.file();
  }

  @Override
  public String type() {
    return source.type();
  }

  @Override
  public DType dtype() {
    return source.dtype();
  }

  @Override
  public void read(long start, float[] dst, int dstPos, int count) {
    Objects.checkFromIndexSize(start, (long) count, size());
    Objects.checkFromIndexSize(dstPos, count, dst.length);
    int step;
    for (int done = 0; done < count; done += step) {
      step = step(start + done, count - done);
      source.read(position(start + done), dst, dstPos + done, step);
    }
  }

  @Override
  public void readStored(long start, int count, ByteBuffer dst) {
    Objects.checkFromIndexSize(start, (long) count, size());
    if (dst.remaining() < Math.multiplyExact(count, dtype().bytes())) {
      throw new BufferOverflowException();
    }
    int step;
    for (int done = 0; done < count; done += step) {
      step = step(start + done, count - done);
      source.readStored(position(start + done), step, dst);
    }
  }

  /** Elements from here to the end of the row, at most {@code most}. */
  private int step(long element, int most) {
    return (int) Math.min(most, rowSize - element % rowSize);
  }

  /** Where an element is in the source. */
  private long position(long element) {
    return order.source(element / rowSize) * rowSize + element % rowSize;
  }
}
