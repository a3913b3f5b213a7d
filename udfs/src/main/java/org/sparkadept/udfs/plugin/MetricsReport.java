package org.sparkadept.udfs.plugin;

import java.io.IOException;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.plugin.PluginContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the driver an executor's metrics: from time to time, and when the executor ends. */
final class MetricsReport implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsReport.class);

  private final PluginContext context;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "adept-metrics");
            thread.setDaemon(true);
            return thread;
          });

  MetricsReport(PluginContext context, long seconds) {
    this.context = context;
    timer.scheduleWithFixedDelay(this::send, seconds, seconds, TimeUnit.SECONDS);
  }

  /** In types of the JDK, which Spark's RPC reads with whatever class loader. */
  private void send() {
    try {
      context.send(new SimpleImmutableEntry<>(context.executorID(), PublishedMetrics.values()));
    } catch (IOException | RuntimeException e) {
      LOG.debug("The driver could not be told the metrics", e);
    }
  }

  @Override
  public void close() {
    timer.shutdown();
    send();
  }
}
