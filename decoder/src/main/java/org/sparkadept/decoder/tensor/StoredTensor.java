package org.sparkadept.decoder.tensor;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.sparkadept.decoder.error.CheckpointException;

/** A tensor whose numbers lie in a file one after the other, each in a format of its own. */
public final class StoredTensor extends Tensor {
  private final String type;
  private final TensorFile file;
  private final long position;

  /**
   * @param name tensor name
   * @param type number format as the file names it, possibly one that cannot be read
   * @param shape dimensions, outermost first, none negative
   * @param file where the numbers are
   * @param position first byte of the numbers in the file
   */
  public StoredTensor(String name, String type, long[] shape, TensorFile file, long position) {
    super(name, shape);
    this.type = type;
    this.file = file;
    this.position = position;
  }

  @Override
  public Path file() {
    return file.file();
  }

  @Override
  public String type() {
    return type;
  }

  @Override
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

  @Override
  public void read(long start, float[] dst, int dstPos, int count) {
    DType dtype = dtype();
    Objects.checkFromIndexSize(start, (long) count, size());
    Objects.checkFromIndexSize(dstPos, count, dst.length);
    file.read(position + start * dtype.bytes(), dtype, dst, dstPos, count);
  }

  @Override
  public void readStored(long start, int count, ByteBuffer dst) {
    int bytes = dtype().bytes();
    Objects.checkFromIndexSize(start, (long) count, size());
    file.copy(position + start * bytes, Math.multiplyExact(count, bytes), dst);
  }
}
