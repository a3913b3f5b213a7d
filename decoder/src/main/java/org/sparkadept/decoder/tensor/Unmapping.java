package org.sparkadept.decoder.tensor;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends mappings before the garbage collector does. Java before 22 has no other way to it than
 * {@code sun.misc.Unsafe}; where that is not to be had, the garbage collector ends them.
 */
final class Unmapping {
  private static final Logger LOG = LoggerFactory.getLogger(Unmapping.class);
  private static final Object UNSAFE;
  private static final Method CLEANER;

  static {
    Object unsafe = null;
    Method cleaner = null;
    try {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field instance = type.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      unsafe = instance.get(null);
      cleaner = type.getMethod("invokeCleaner", ByteBuffer.class);
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debug("Mappings are left to the garbage collector", e);
    }
    UNSAFE = unsafe;
    CLEANER = cleaner;
  }

  private Unmapping() {}

  /** Ends the mapping of a buffer that is not a slice, and that nobody reads any more. */
  static void end(ByteBuffer mapped) {
    if (CLEANER != null) {
      try {
        CLEANER.invoke(UNSAFE, mapped);
      } catch (ReflectiveOperationException e) {
        LOG.debug("A mapping is left to the garbage collector", e);
      }
    }
  }
}
