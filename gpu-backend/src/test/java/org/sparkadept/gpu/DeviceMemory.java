package org.sparkadept.gpu;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.util.List;
import java.util.Map;

/**
 * TornadoVM's own account of the device's memory. It has no public name, so the tests' JVM opens
 * the package it is in.
 *
 * @param buffers buffers in use
 * @param available bytes that may still be allocated
 */
public record DeviceMemory(int buffers, long available) {

  /** As it is now. */
  public static DeviceMemory now() {
    try {
      Object context = TestDevice.orSkip().handle().getDeviceContext();
      Object provider = context.getClass().getMethod("getBufferProvider").invoke(context);
      Class<?> accounts = provider.getClass().getSuperclass();
      int buffers = 0;
      for (Object used : ((Map<?, ?>) read(accounts, "usedBuffers", provider)).values()) {
        buffers += ((List<?>) used).size();
      }
      return new DeviceMemory(buffers, (long) read(accounts, "currentMemoryAvailable", provider));
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      throw new AssertionError("TornadoVM's account cannot be read", e);
    }
  }

  private static Object read(Class<?> type, String name, Object from)
      throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(from);
  }
}
