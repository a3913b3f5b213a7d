package org.sparkadept.udfs.plugin;

import com.codahale.metrics.Gauge;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;

/**
 * The executors' metrics, summed, among the driver's: executors have no web server, so Spark's
 * Prometheus servlet shows what the driver has. An executor that is gone counts with what it told
 * last. On a local master driver and executor are one, and publish once.
 */
final class ExecutorTotals implements DriverPlugin {
  private final Map<String, Map<?, ?>> byExecutor = new ConcurrentHashMap<>();
  private boolean local;

  @Override
  public Map<String, String> init(SparkContext spark, PluginContext context) {
    local = spark.isLocal();
    return Map.of();
  }

  @Override
  public void registerMetrics(String application, PluginContext context) {
    if (!local) {
      for (String name : PublishedMetrics.names()) {
        context.metricRegistry().register(name, (Gauge<Long>) () -> sum(name));
      }
    }
  }

  /**
   * @param message an executor's id, and its metrics by name
   */
  @Override
  public Object receive(Object message) {
    Map.Entry<?, ?> told = (Map.Entry<?, ?>) message;
    byExecutor.put((String) told.getKey(), (Map<?, ?>) told.getValue());
    return null;
  }

  private long sum(String name) {
    return byExecutor.values().stream().mapToLong(metrics -> (Long) metrics.get(name)).sum();
  }
}
