package org.sparkadept.decoder.tensor;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor whose numbers are computed as floats whenever they are read. */
public abstract class ComputedTensor extends Tensor {
  /**
   * @param name tensor name
   * @param shape dimensions, outermost first, none negative
   */
  protected ComputedTensor(String name, long[] shape) {
    super(name, shape);
  }

  /** F32: what is computed has no other format. */
  @Override
  public DType dtype() {
    return DType.F32;
  }

  @Override
  public final void readStored(long start, int count, ByteBuffer dst) {
    int bytes = Math.multiplyExact(count, Float.BYTES);
    if (dst.remaining() < bytes) {
      throw new BufferOverflowException();
    }
    float[] values = new float[count];
    read(start, values, 0, count);
    dst.slice(dst.position(), bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    dst.position(dst.position() + bytes);
  }
}
