package org.sparkadept.udfs.plugin;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.HashMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.udfs.classify.ClassifyMetrics;
import org.sparkadept.udfs.classify.SharedDecoders;

/** What the plugin publishes of this JVM, by name. */
final class PublishedMetrics {
  private static final TreeMap<String, LongSupplier> METRICS = new TreeMap<>();

  static {
    ClassifyMetrics.ofThisJvm().forEach((metric, total) -> METRICS.put(metric.name(), total::sum));
    METRICS.put("modelLoads", SharedDecoders::loads);
    METRICS.putAll(ComputeBackends.metrics());
  }

  private PublishedMetrics() {}

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
}
