package org.sparkadept.udfs.plugin;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * The driver's side: checks the configuration, and follows how executors start. Cluster managers
 * start executors again that have failed, some of them for ever. So where none can start, the jobs
 * that wait for one are cancelled, and told the reason.
 */
final class WarmUpWatch extends SparkListener implements DriverPlugin {
  private final FailedStarts starts = new FailedStarts();
  private SparkContext spark;

  @Override
  public Map<String, String> init(SparkContext sparkContext, PluginContext context) {
    AdeptPlugin.conf(context).decoderOptions();
    spark = sparkContext;
    spark.addSparkListener(this);
    return Map.of();
  }

  /**
   * Hears from an executor that it is warm.
   *
   * @param executor its number
   */
  @Override
  public Object receive(Object executor) {
    starts.warm((String) executor);
    return true;
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded event) {
    starts.begun(event.executorId(), event.executorInfo().executorHost());
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    starts.gone(event.executorId(), event.reason()).ifPresent(this::cancelJobs);
  }

  private void cancelJobs(String reason) {
    for (int job : spark.statusTracker().getActiveJobIds()) {
      spark.cancelJob(job, reason);
    }
  }
}
