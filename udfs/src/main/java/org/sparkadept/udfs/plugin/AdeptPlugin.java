package org.sparkadept.udfs.plugin;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.sparkadept.udfs.conf.AdeptConf;
import scala.Tuple2;

/**
 * {@code spark.plugins=org.sparkadept.udfs.plugin.AdeptPlugin}: every executor loads the models of
 * its configuration before its first task, and publishes its metrics; the driver publishes their
 * sums. Where no executor can start, jobs are cancelled with the reason.
 */
public final class AdeptPlugin implements SparkPlugin {
  /** How the reason begins for which jobs are cancelled. */
  public static final String NO_EXECUTOR = "No executor can start: ";

  @Override
  public DriverPlugin driverPlugin() {
    return new AdeptDriverPlugin();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new AdeptExecutorPlugin();
  }

  /** Our keys in Spark's configuration. */
  static AdeptConf conf(PluginContext context) {
    Map<String, String> entries = new HashMap<>();
    for (Tuple2<String, String> entry : context.conf().getAll()) {
      entries.put(entry._1(), entry._2());
    }
    return AdeptConf.defaults().over(entries, "Spark's configuration");
  }
}
