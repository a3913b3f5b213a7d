package org.sparkadept.pipeline.output;

import java.time.Duration;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkExecutorInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks of a job that has failed. Spark tells them to stop and does not wait: one that is at work
 * still makes files, also in a folder that has just been removed.
 */
final class RunningTasks {
  private static final Logger LOG = LoggerFactory.getLogger(RunningTasks.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long PAUSE_MILLIS = 20;

  /** Spark's status of a task may be so late (spark.ui.liveUpdate.period, and its queue). */
  private static final Duration STATUS_LAG = Duration.ofMillis(500);

  private RunningTasks() {}

  /** Waits until no task runs, for as long as a task may need to see that it is to stop. */
  static void awaitEnd(SparkContext spark) {
    long begin = System.nanoTime();
    long lastSeen = begin;
    try {
      while (!spark.isStopped()) {
        long now = System.nanoTime();
        if (count(spark) > 0) {
          lastSeen = now;
        } else if (now - lastSeen > STATUS_LAG.toNanos()) {
          return;
        }
        if (now - begin > PATIENCE.toNanos()) {
          LOG.warn(
              "Tasks still run {} s after the job has failed; they may leave files",
              PATIENCE.toSeconds());
          return;
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.debug("Spark stops, and with it the tasks", e);
    }
  }

  private static int count(SparkContext spark) {
    int tasks = 0;
    for (SparkExecutorInfo executor : spark.statusTracker().getExecutorInfos()) {
      tasks += executor.numRunningTasks();
    }
    return tasks;
  }
}
