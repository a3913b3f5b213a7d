package org.sparkadept.udfs.plugin;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The executors' metrics, summed, among the driver's: executors have no web server, so Spark's
 * Prometheus servlet shows what the driver has. An executor that is gone counts with what it told
 * last.
 */
final class ExecutorTotals {
  private final Map<String, Map<?, ?>> byExecutor = new ConcurrentHashMap<>();

  void publish(MetricRegistry registry) {
    for (String name : PublishedMetrics.names()) {
      registry.register(name, (Gauge<Long>) () -> sum(name));
    }
  }

  /** Notes what an executor told of its metrics, by name. */
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
