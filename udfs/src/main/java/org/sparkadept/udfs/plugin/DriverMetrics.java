package org.sparkadept.udfs.plugin;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The executors' metrics, summed, as metrics of the driver: executors have no web server, so
 * Spark's Prometheus servlet shows the driver's only. An executor that is gone counts with its last
 * report.
 */
final class DriverMetrics {
  private final Map<String, Map<?, ?>> byExecutor = new ConcurrentHashMap<>();

  void register(MetricRegistry registry) {
    for (String name : ExecutorMetrics.names()) {
      registry.register(name, (Gauge<Long>) () -> sum(name));
    }
  }

  /** Records an executor's metrics, by name. */
  void put(String executor, Map<?, ?> metrics) {
    byExecutor.put(executor, metrics);
  }

  /** An executor may lack a backend, and its metrics, that the driver has. */
  private long sum(String name) {
    return byExecutor.values().stream()
        .map(metrics -> metrics.get(name))
        .filter(Objects::nonNull)
        .mapToLong(value -> (Long) value)
        .sum();
  }
}
