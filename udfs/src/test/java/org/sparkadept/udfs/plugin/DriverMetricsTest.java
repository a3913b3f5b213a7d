package org.sparkadept.udfs.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.Await;

class DriverMetricsTest {
  private final MetricRegistry registry = new MetricRegistry();
  private final List<Object> sent = new CopyOnWriteArrayList<>();

  @Test
  void theDriverSumsTheLastReportsOfExecutors() throws Exception {
    DriverPlugin driver = new AdeptPlugin().driverPlugin();
    driver.registerMetrics("app", context("driver"));
    driver.receive(Map.entry("1", metrics(10)));
    driver.receive(Map.entry("2", metrics(5)));
    driver.receive(Map.entry("1", metrics(30)));
    HashMap<String, Long> ofFewerBackends = metrics(100);
    ofFewerBackends.remove("scored");
    driver.receive(Map.entry("3", ofFewerBackends));

    assertEquals(35L, ((Gauge<?>) registry.getMetrics().get("scored")).getValue());
    assertEquals(ExecutorMetrics.names(), registry.getMetrics().keySet());
  }

  @Test
  void anExecutorReportsAtAnIntervalAndAtItsEnd() throws Exception {
    try (ExecutorMetrics report = new ExecutorMetrics(context("7"), 1)) {
      Await.until("a message of " + report, () -> !sent.isEmpty());
    }

    int before = sent.size();
    DriverPlugin driver = new AdeptPlugin().driverPlugin();
    driver.registerMetrics("app", context("driver"));
    for (Object message : sent) {
      driver.receive(message);
    }
    assertTrue(before >= 2);
    assertEquals(
        ExecutorMetrics.values().get("modelLoads"),
        ((Gauge<?>) registry.getMetrics().get("modelLoads")).getValue());
  }

  private static HashMap<String, Long> metrics(long value) {
    HashMap<String, Long> metrics = new HashMap<>();
    ExecutorMetrics.names().forEach(name -> metrics.put(name, value));
    return metrics;
  }

  private PluginContext context(String executor) {
    return TestPluginContext.of(
        Map.of(
            "executorID", none -> executor,
            "metricRegistry", none -> registry,
            "send", sent::add));
  }
}
