package org.sparkadept.pipeline.output;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks that run while this is open. Spark asks those of a failed job to stop and does not
 * wait: a task that still runs makes files, also in a folder that has just been removed. Spark's
 * own status of a task may be late without bound, for it is written when other events come.
 */
final class RunningTasks extends SparkListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningTasks.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long PAUSE_MILLIS = 50;

  private final SparkContext spark;
  private final Set<Long> running = ConcurrentHashMap.newKeySet();
  private boolean ended;

  private RunningTasks(SparkContext spark) {
    this.spark = spark;
  }

  static RunningTasks of(SparkContext spark) {
    RunningTasks tasks = new RunningTasks(spark);
    spark.addSparkListener(tasks);
    return tasks;
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    running.add(event.taskInfo().taskId());
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    running.remove(event.taskInfo().taskId());
  }

  /** The job is done, and with it its tasks. */
  void haveEnded() {
    ended = true;
  }

  /**
   * Waits until no task runs, for as long as a task may need to see that it is to stop; not where
   * {@link #haveEnded} was said.
   */
  @Override
  public void close() {
    if (!ended) {
      awaitEnd();
    }
    spark.removeSparkListener(this);
  }

  private void awaitEnd() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      // Twice, for a task that started while the job failed.
      for (int seenNone = 0; seenNone < 2 && !spark.isStopped(); ) {
        spark.listenerBus().waitUntilEmpty(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        seenNone = running.isEmpty() ? seenNone + 1 : 0;
        if (System.nanoTime() > end) {
          throw new TimeoutException();
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (TimeoutException e) {
      LOG.warn(
          "Tasks still run {} s after the job has failed; they may leave files",
          PATIENCE.toSeconds());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
