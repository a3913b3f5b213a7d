package org.sparkadept.udfs.plugin;

import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.api.plugin.PluginContext;

/** The parts of Spark's plugin context that a test needs. */
final class TestPluginContext {
  private TestPluginContext() {}

  /**
   * @param methods for each method its result, by its first argument (null if it has none)
   */
  static PluginContext of(Map<String, Function<Object, Object>> methods) {
    return (PluginContext)
        Proxy.newProxyInstance(
            TestPluginContext.class.getClassLoader(),
            new Class<?>[] {PluginContext.class},
            (proxy, method, arguments) -> {
              if (!methods.containsKey(method.getName())) {
                throw new UnsupportedOperationException(method.getName());
              }
              return methods.get(method.getName()).apply(arguments == null ? null : arguments[0]);
            });
  }
}
