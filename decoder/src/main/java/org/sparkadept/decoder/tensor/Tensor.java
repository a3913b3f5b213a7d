package org.sparkadept.decoder.tensor;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.sparkadept.decoder.error.CheckpointException;

/** A tensor in a file: its numbers stay in the file until they are read. Thread-safe. */
public abstract class Tensor {
  private final String name;
  private final long[] shape;
  private final long size;

  /**
   * @param name tensor name
   * @param shape dimensions, outermost first, none negative
   */
  protected Tensor(String name, long[] shape) {
    this.name = name;
    this.shape = shape.clone();
    long elements = 1;
    for (long dim : shape) {
      elements = Math.multiplyExact(elements, dim);
    }
    size = elements;
  }

  /** The tensor's name. */
  public final String name() {
    return name;
  }

  /** The file that it is in. */
  public abstract Path file();

  /** The number format as the file names it, possibly one that cannot be read. */
  public abstract String type();

  /**
   * The number format that {@link #readStored} gives: that of the file, or F32 where the numbers
   * are computed.
   *
   * @throws CheckpointException if the file's is one that cannot be read
   */
  public abstract DType dtype();

  /** The dimensions, outermost first; a copy. */
  public final long[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public final long size() {
    return size;
  }

  /**
   * One dimension.
   *
   * @param i which, from 0 (outermost)
   * @throws CheckpointException if the tensor has no such dimension, or it is beyond an int
   */
  public final int dim(int i) {
    if (i < 0 || i >= shape.length || shape[i] > Integer.MAX_VALUE) {
      throw new CheckpointException(
          String.format(
              "%s: tensor %s has shape %s, which is not what a decoder's weights look like; check"
                  + " that config.json and the weights belong together.",
              file(), CheckpointException.quote(name), Arrays.toString(shape)));
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
  public abstract void read(long start, float[] dst, int dstPos, int count);

  /**
   * Reads elements in row-major order in the format {@link #dtype}: as they are stored, or
   * dequantized.
   *
   * @param start first element
   * @param count number of elements
   * @param dst receives {@code count · dtype().bytes()} bytes, little-endian, from its position on
   * @throws CheckpointException if the type cannot be read, or the file was cut meanwhile
   * @throws IndexOutOfBoundsException if the range is not in the tensor
   * @throws java.nio.BufferOverflowException if it does not fit {@code dst}
   */
  public abstract void readStored(long start, int count, ByteBuffer dst);

  /**
   * All elements, for a tensor that is small.
   *
   * @throws CheckpointException if the type cannot be read, or there are too many for an array
   */
  public final float[] readAll() {
    if (size > Integer.MAX_VALUE - 8) {
      throw new CheckpointException(
          String.format(
              "%s: tensor %s has %d elements, too many to be read at once; check that config.json"
                  + " and the weights belong together.",
              file(), CheckpointException.quote(name), size));
    }
    float[] values = new float[(int) size];
    read(0, values, 0, values.length);
    return values;
  }
}
