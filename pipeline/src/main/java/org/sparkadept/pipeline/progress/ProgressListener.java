package org.sparkadept.pipeline.progress;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.sparkadept.pipeline.progress.ProgressPrinter.Progress;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.metrics.ScoringTotals;
import scala.Tuple4;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Follows a run: the ends of tasks and, for those that still run, the counts that come with the
 * executors' heartbeats.
 */
public final class ProgressListener extends SparkListener {
  private final Set<Integer> stages = new HashSet<>();
  private final Map<Long, Long> rowsOfRunning = new HashMap<>();
  private long rowsOfEnded;
  private int tasksDone;
  private int tasks;

  /**
   * Does a piece of work and prints its progress.
   *
   * @param work gets the listener
   */
  public static <T> T watch(
      SparkContext context, ProgressPrinter printer, Function<ProgressListener, T> work) {
    ProgressListener listener = new ProgressListener();
    context.addSparkListener(listener);
    printer.start(listener::progress);
    try {
      return work.apply(listener);
    } finally {
      printer.stop();
      context.removeSparkListener(listener);
    }
  }

  /**
   * Does a piece of work of several steps and prints the progress of each.
   *
   * @param work gets what tells the next step
   */
  public static <T> T watchSteps(
      SparkContext context, ProgressPrinter printer, Function<Consumer<String>, T> work) {
    return watch(
        context,
        printer,
        listener ->
            work.apply(
                step -> {
                  listener.beginAnew();
                  printer.step("adept: " + step);
                }));
  }

  /** Restarts the counts, for the next of several steps; late events of this step are ignored. */
  synchronized void beginAnew() {
    stages.clear();
    rowsOfRunning.clear();
    rowsOfEnded = 0;
    tasksDone = 0;
    tasks = 0;
  }

  /** How far the run is now. */
  synchronized Progress progress() {
    long rows = rowsOfEnded;
    for (long running : rowsOfRunning.values()) {
      rows += running;
    }
    return new Progress(rows, tasksDone, tasks);
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
    stages.add(event.stageInfo().stageId());
    tasks += event.stageInfo().numTasks();
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    rowsOfRunning.remove(event.taskInfo().taskId());
    if (event.taskInfo().successful() && stages.contains(event.stageId())) {
      rowsOfEnded += rows(event.taskInfo().accumulables());
      tasksDone++;
    }
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
    for (Tuple4<Object, Object, Object, Seq<AccumulableInfo>> update :
        CollectionConverters.asJava(event.accumUpdates())) {
      if (stages.contains((Integer) update._2())) {
        rowsOfRunning.put((Long) update._1(), rows(update._4()));
      }
    }
  }

  private static long rows(scala.collection.Seq<AccumulableInfo> accumulables) {
    long rows = 0;
    for (AccumulableInfo info : CollectionConverters.asJava(accumulables)) {
      if (info.name().contains(ScoringAccumulator.NAME)
          && info.update().isDefined()
          && info.update().get() instanceof ScoringTotals totals) {
        rows += totals.rows();
      }
    }
    return rows;
  }
}
