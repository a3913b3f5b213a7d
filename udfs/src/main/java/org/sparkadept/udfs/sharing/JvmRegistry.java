package org.sparkadept.udfs.sharing;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/**
 * Objects shared by all copies of this library in a JVM. Spark gives every isolated session a class
 * loader of its own, and with it a copy of each of our static fields; of this map there is one.
 * Values are of types of the JDK, which all class loaders have in common.
 */
public final class JvmRegistry {
  /** A new number for what another version of this library would misunderstand. */
  private static final String NAME = "org.sparkadept:type=Shared,protocol=2";

  private static final ConcurrentMap<String, Object> SHARED = shared();

  private JvmRegistry() {}

  /**
   * The map is kept in the JVM's own MBean server, in a bean made of the JDK's classes alone, so
   * that it refers to no class loader of ours.
   */
  private static ConcurrentMap<String, Object> shared() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName name = new ObjectName(NAME);
      try {
        Future<?> holder = CompletableFuture.completedFuture(new ConcurrentHashMap<>());
        server.registerMBean(new StandardMBean(holder, Future.class, false), name);
      } catch (InstanceAlreadyExistsException e) {
        // Another class loader has registered it.
      }
      @SuppressWarnings("unchecked")
      ConcurrentMap<String, Object> map =
          (ConcurrentMap<String, Object>) server.invoke(name, "get", new Object[0], new String[0]);
      return map;
    } catch (JMException e) {
      throw new IllegalStateException("The JVM's own MBean server refuses " + NAME, e);
    }
  }

  /** All shared objects, by name. */
  static ConcurrentMap<String, Object> map() {
    return SHARED;
  }

  /** A counter by name; made, at zero, by its first user. */
  public static LongAdder counter(String name) {
    return (LongAdder) SHARED.computeIfAbsent("counter." + name, key -> new LongAdder());
  }
}
