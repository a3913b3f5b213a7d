package org.sparkadept.decoder.tensor;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.sparkadept.decoder.error.CheckpointException;

/** A tensor in a file: its numbers stay in the file until they are read. Thread-safe. */
public final class Tensor {
  private final String name;
  private final String type;
  private final long[] shape;
  private final long size;
  private final TensorFile file;
  private final long position;

  /**
   * @param name tensor name
   * @param type number format as the file names it, possibly one that cannot be read
   * @param shape dimensions, outermost first, none negative
   * @param file where the numbers are
   * @param position first byte of the numbers in the file
   */
  public Tensor(String name, String type, long[] shape, TensorFile file, long position) {
    this.name = name;
    this.type = type;
    this.shape = shape.clone();
    this.file = file;
    this.position = position;
    long elements = 1;
    for (long dim : shape) {
      elements = Math.multiplyExact(elements, dim);
    }
    size = elements;
  }

  /** The tensor's name. */
  public String name() {
    return name;
  }

  /**
   * The number format in the file.
   *
   * @throws CheckpointException if it is one that cannot be read
   */
  public DType dtype() {
    DType dtype = DType.named(type);
    if (dtype == null) {
      throw new CheckpointException(
          String.format(
              "%s: tensor %s is of type %s, which cannot be read as weights; known are %s. Save the"
                  + " checkpoint in one of these.",
              file.file(),
              CheckpointException.quote(name()),
              CheckpointException.quote(type),
              Arrays.toString(DType.values())));
    }
    return dtype;
  }

  /** The dimensions, outermost first; a copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public long size() {
    return size;
  }

  /**
   * One dimension.
   *
   * @param i which, from 0 (outermost)
   * @throws CheckpointException if the tensor has no such dimension, or it is beyond an int
   */
  public int dim(int i) {
    if (i < 0 || i >= shape.length || shape[i] > Integer.MAX_VALUE) {
      throw new CheckpointException(
          String.format(
              "%s: tensor %s has shape %s, which is not what a decoder's weights look like; check"
                  + " that config.json and the weights belong together.",
              file.file(), CheckpointException.quote(name()), Arrays.toString(shape)));
    }
    return (int) shape[i];
  }

  /**
   * Reads elements in row-major order, converted to float exactly.
   *
   * @param start first element
   * @param dst where to
   * @param dstPos first index in {@code dst}
   * @param count number of elements
   * @throws CheckpointException if the type cannot be read, or the file was cut meanwhile
   * @throws IndexOutOfBoundsException if the range is not in the tensor or not in {@code dst}
   */
  public void read(long start, float[] dst, int dstPos, int count) {
    DType dtype = dtype();
    Objects.checkFromIndexSize(start, (long) count, size());
    Objects.checkFromIndexSize(dstPos, count, dst.length);
    file.read(position + start * dtype.bytes(), dtype, dst, dstPos, count);
  }

  /**
   * Reads elements in row-major order as they are stored, without a conversion.
   *
   * @param start first element
   * @param count number of elements
   * @param dst receives {@code count · dtype().bytes()} bytes, little-endian, from its position on
   * @throws CheckpointException if the type cannot be read, or the file was cut meanwhile
   * @throws IndexOutOfBoundsException if the range is not in the tensor
   * @throws java.nio.BufferOverflowException if it does not fit {@code dst}
   */
  public void readStored(long start, int count, ByteBuffer dst) {
    int bytes = dtype().bytes();
    Objects.checkFromIndexSize(start, (long) count, size());
    file.copy(position + start * bytes, Math.multiplyExact(count, bytes), dst);
  }

  /**
   * All elements, for a tensor that is small.
   *
   * @throws CheckpointException if the type cannot be read, or there are too many for an array
   */
  public float[] readAll() {
    if (size() > Integer.MAX_VALUE - 8) {
      throw new CheckpointException(
          String.format(
              "%s: tensor %s has %d elements, too many to be read at once; check that config.json"
                  + " and the weights belong together.",
              file.file(), CheckpointException.quote(name()), size()));
    }
    float[] values = new float[(int) size()];
    read(0, values, 0, values.length);
    return values;
  }
}
