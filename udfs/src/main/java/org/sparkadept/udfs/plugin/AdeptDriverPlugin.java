package org.sparkadept.udfs.plugin;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * The plugin on the driver: sums the executors' metrics, and watches how executors start. Cluster
 * managers restart failed executors, some of them without end. So if none can start, the jobs that
 * wait for one are cancelled, with the reason.
 */
final class AdeptDriverPlugin implements DriverPlugin {
  private final DriverMetrics metrics = new DriverMetrics();
  private final StartupFailures starts = new StartupFailures();
  private boolean local;

  /**
   * @return the models of the configuration, for the executors, by key: a relative path is the
   *     driver's
   */
  @Override
  public Map<String, String> init(SparkContext spark, PluginContext context) {
    AdeptConf conf = AdeptPlugin.conf(context);
    conf.computeOptions();
    conf.classifierOptions();
    local = spark.isLocal();
    spark.addSparkListener(
        new SparkListener() {
          @Override
          public void onExecutorAdded(SparkListenerExecutorAdded event) {
            starts.begun(event.executorId(), event.executorInfo().executorHost());
          }

          @Override
          public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
            starts
                .gone(event.executorId(), event.reason())
                .ifPresent(reason -> cancelJobs(spark, reason));
          }
        });
    return models(conf);
  }

  private static Map<String, String> models(AdeptConf conf) {
    Map<String, String> models = new HashMap<>();
    conf.aliases()
        .forEach(
            (alias, path) -> models.put(AdeptConf.aliasKey(alias), ModelLocation.resolved(path)));
    conf.modelPath()
        .ifPresent(path -> models.put(AdeptKey.MODEL_PATH.key(), ModelLocation.resolved(path)));
    conf.adapterPath()
        .ifPresent(path -> models.put(AdeptKey.MODEL_ADAPTER.key(), ModelLocation.resolved(path)));
    return models;
  }

  private static void cancelJobs(SparkContext spark, String reason) {
    for (int job : spark.statusTracker().getActiveJobIds()) {
      spark.cancelJob(job, reason);
    }
  }

  /** On a local master driver and executor are one, and publish once. */
  @Override
  public void registerMetrics(String application, PluginContext context) {
    if (!local) {
      metrics.register(context.metricRegistry());
    }
  }

  /**
   * @param message an executor's id, when it is ready; or its id and its metrics by name
   */
  @Override
  public Object receive(Object message) {
    if (message instanceof Map.Entry<?, ?> report) {
      metrics.put((String) report.getKey(), (Map<?, ?>) report.getValue());
    } else {
      starts.ready((String) message);
    }
    return true;
  }
}
