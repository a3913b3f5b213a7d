package org.sparkadept.udfs.plugin;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;

/** What the plugin does on the driver, told by the executors' messages. */
final class DriverSide implements DriverPlugin {
  private final ExecutorTotals totals = new ExecutorTotals();
  private WarmUpWatch watch;
  private boolean local;

  @Override
  public Map<String, String> init(SparkContext spark, PluginContext context) {
    AdeptPlugin.conf(context).decoderOptions();
    local = spark.isLocal();
    watch = new WarmUpWatch(spark);
    spark.addSparkListener(watch);
    return Map.of();
  }

  /** On a local master driver and executor are one, and publish once. */
  @Override
  public void registerMetrics(String application, PluginContext context) {
    if (!local) {
      totals.publish(context.metricRegistry());
    }
  }

  /**
   * @param message an executor's id, when it is warm; or its id and its metrics by name
   */
  @Override
  public Object receive(Object message) {
    if (message instanceof Map.Entry<?, ?> told) {
      totals.put((String) told.getKey(), (Map<?, ?>) told.getValue());
    } else {
      watch.warm((String) message);
    }
    return true;
  }
}
