package org.sparkadept.udfs.plugin;

import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * Follows, on the driver, how executors start. Cluster managers start executors again that have
 * failed, some of them for ever. So where none can start, the jobs that wait for one are cancelled,
 * and told the reason.
 */
final class WarmUpWatch extends SparkListener {
  private final FailedStarts starts = new FailedStarts();
  private final SparkContext spark;

  WarmUpWatch(SparkContext spark) {
    this.spark = spark;
  }

  /** Notes that an executor is warm. */
  void warm(String executor) {
    starts.warm(executor);
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
