package org.sparkadept.udfs.plugin;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.HashMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.spark.api.plugin.PluginContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.udfs.classify.ClassifyMetrics;
import org.sparkadept.udfs.sharing.LocalModels;

/**
 * The metrics that the plugin publishes of this JVM, by name. An instance sends an executor's to
 * the driver: at an interval, and when the executor ends.
 */
final class ExecutorMetrics implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorMetrics.class);
  private static final TreeMap<String, LongSupplier> METRICS = new TreeMap<>();

  static {
    ClassifyMetrics.ofThisJvm().forEach((metric, total) -> METRICS.put(metric.name(), total::sum));
    METRICS.put("modelLoads", LocalModels::loads);
    METRICS.putAll(ComputeBackends.metrics());
  }

  private final PluginContext context;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "adept-metrics");
            thread.setDaemon(true);
            return thread;
          });

  ExecutorMetrics(PluginContext context, long seconds) {
    this.context = context;
    timer.scheduleWithFixedDelay(this::send, seconds, seconds, TimeUnit.SECONDS);
  }

  static Set<String> names() {
    return METRICS.keySet();
  }

  /** As {@code plugin.org.sparkadept.udfs.plugin.AdeptPlugin.*} among Spark's metrics. */
  static void register(MetricRegistry registry) {
    METRICS.forEach((name, value) -> registry.register(name, (Gauge<Long>) value::getAsLong));
  }

  /** Their values now. */
  static HashMap<String, Long> values() {
    HashMap<String, Long> values = new HashMap<>();
    METRICS.forEach((name, value) -> values.put(name, value.getAsLong()));
    return values;
  }

  /** In types of the JDK, which Spark's RPC can read with any class loader. */
  private void send() {
    try {
      context.send(new SimpleImmutableEntry<>(context.executorID(), values()));
    } catch (IOException | RuntimeException e) {
      LOG.debug("The metrics could not be sent to the driver", e);
    }
  }

  @Override
  public void close() {
    timer.shutdown();
    send();
  }
}
