package org.sparkadept.decoder.tensor;

import java.nio.file.Path;

/** A tensor with a number added to each of its elements, in single precision. */
public final class ShiftedTensor extends ComputedTensor {
  private final Tensor source;
  private final float added;

  /**
   * @param added what is added
   */
  public ShiftedTensor(Tensor source, float added) {
    super(source.name(), source.shape());
    this.source = source;
    this.added = added;
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
    source.dtype();
    return DType.F32;
  }

  @Override
  public void read(long start, float[] dst, int dstPos, int count) {
    source.read(start, dst, dstPos, count);
    for (int i = dstPos; i < dstPos + count; i++) {
      dst[i] += added;
    }
  }
}
