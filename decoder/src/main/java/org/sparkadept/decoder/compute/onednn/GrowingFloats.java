package org.sparkadept.decoder.compute.onednn;

import org.bytedeco.javacpp.FloatPointer;

/** Scratch memory outside the heap that grows to the largest size requested. */
final class GrowingFloats implements AutoCloseable {
  private NativeScope scope = new NativeScope();
  private FloatPointer memory;
  private long capacity;

  /** Memory for {@code size} floats; what it held before may be gone. */
  FloatPointer atLeast(long size) {
    if (size > capacity) {
      close();
      scope = new NativeScope();
      memory = scope.floats(size);
      capacity = size;
    }
    return memory;
  }

  FloatPointer get() {
    return memory;
  }

  @Override
  public void close() {
    scope.close();
    memory = null;
    capacity = 0;
  }
}
