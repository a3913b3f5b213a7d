package org.sparkadept.udfs.plugin;

import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * {@code spark.plugins=org.sparkadept.udfs.plugin.AdeptPlugin}: every executor loads the models of
 * its configuration before its first task, and publishes its metrics; the driver publishes their
 * sums.
 */
public final class AdeptPlugin implements SparkPlugin {
  @Override
  public DriverPlugin driverPlugin() {
    return new ExecutorTotals();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ModelWarmUp();
  }
}
