package org.sparkadept.udfs.plan.physical;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.util.ArrowUtils;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkadept.udfs.batch.BatchPace;

/**
 * The calls of an operator in one task, with their memory: all is released when the task ends,
 * however it ends.
 */
final class TaskCalls {
  private final EvalTask eval;
  private final TaskContext task = TaskContext.get();
  private final BufferAllocator allocator;
  private final List<OpenCall> calls = new ArrayList<>();
  private final BatchPace pace;
  private Runnable release;

  /**
   * @param release releases the memory that the caller holds; runs first
   */
  TaskCalls(EvalTask eval, Runnable release) {
    this.eval = eval;
    this.release = release;
    pace = new BatchPace(eval.options().batchRows());
    String name = "arrow calls, task " + task.taskAttemptId();
    allocator = ArrowUtils.rootAllocator().newChildAllocator(name, 0, Long.MAX_VALUE);
    task.addTaskCompletionListener((TaskCompletionListener) ended -> close());
    for (EvalTask.Call call : eval.calls()) {
      calls.add(new OpenCall(call, eval.options().onError(), allocator));
    }
  }

  List<OpenCall> all() {
    return calls;
  }

  /** Most rows that the next evaluation should take. */
  int rows() {
    return pace.rows();
  }

  /** Most bytes of arguments that it should take, but for its last row. */
  long bytes() {
    return eval.options().batchBytes();
  }

  /** Records an evaluation that began at {@code start}, a time of {@link System#nanoTime}. */
  void evaluated(long start) {
    long nanos = System.nanoTime() - start;
    pace.took(nanos);
    eval.batches().add(1);
    eval.time().add(nanos);
  }

  /** Records rows that have all their results. A task that was killed meanwhile ends here. */
  void answered(int rows) {
    checkAlive();
    eval.rows().add(rows);
  }

  /**
   * Stops a task that was killed, since native code ignores interrupts, or whose session was
   * stopped: Spark leaves the tasks of a local session alone.
   */
  void checkAlive() {
    if (task.isInterrupted() || SparkEnv.get() == null) {
      throw new TaskKilledException("killed between two batches");
    }
  }

  private synchronized void close() {
    if (release != null) {
      release.run();
      release = null;
      calls.forEach(OpenCall::close);
      allocator.close();
    }
  }
}
