package org.sparkadept.gpu;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.util.List;
import java.util.Map;

/**
 * TornadoVM's figures of the device's memory. They are not public, so the tests' JVM opens their
 * package.
 *
 * @param buffers buffers in use
 * @param available bytes that may still be allocated
 */
public record DeviceMemory(int buffers, long available) {

  /** The current figures. */
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
      throw new AssertionError("TornadoVM's memory figures cannot be read", e);
    }
  }

  private static Object read(Class<?> type, String name, Object from)
      throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(from);
  }
}
