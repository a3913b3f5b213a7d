package org.sparkadept.decoder.compute.onednn;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Owns native objects and frees them in reverse order. Safe from many threads. */
final class NativeScope implements AutoCloseable {
  static {
    NativeMemory.unbind();
  }

  private final Deque<Runnable> releases = new ArrayDeque<>();

  /** Takes note of how an object is freed. */
  synchronized <T> T own(T object, Runnable release) {
    releases.push(release);
    return object;
  }

  /** Zeroed memory for {@code size} floats (at least one). */
  FloatPointer floats(long size) {
    long count = Math.max(1, size);
    FloatPointer pointer = new FloatPointer(count);
    Pointer.memset(pointer, 0, count * Float.BYTES);
    return own(pointer, pointer::deallocate);
  }

  /** A copy of {@code values} in native memory. */
  FloatPointer copyOf(float[] values) {
    FloatPointer pointer = new FloatPointer(values);
    return own(pointer, pointer::deallocate);
  }

  @Override
  public synchronized void close() {
    while (!releases.isEmpty()) {
      releases.pop().run();
    }
  }
}
