package org.sparkadept.pipeline.failure;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.Optional;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/**
 * Knows why a session ended from within while a run waited for its job. Spark tells the job only
 * that the session was stopped, whatever the reason.
 *
 * <p>Where a thread of Spark's own runs out of memory on the driver, such as the scheduler's, Spark
 * may never end the job; then the session is stopped from here.
 */
public final class SessionWatch extends SparkListener implements AutoCloseable {
  private final SparkContext context;
  private final UncaughtExceptionHandler others = Thread.getDefaultUncaughtExceptionHandler();
  private volatile OutOfMemoryError memory;
  private volatile LostExecutor lost;

  private SessionWatch(SparkContext context) {
    this.context = context;
  }

  /** Watches a session until it is closed. */
  public static SessionWatch begin(SparkContext context) {
    SessionWatch watch = new SessionWatch(context);
    context.addSparkListener(watch);
    Thread.setDefaultUncaughtExceptionHandler(watch::uncaught);
    return watch;
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    lost =
        new LostExecutor(
            LostExecutor.RUN_ENDED,
            "executor " + event.executorId(),
            Messages.line(String.valueOf(event.reason())));
  }

  private void uncaught(Thread thread, Throwable thrown) {
    Optional<OutOfMemoryError> error = Messages.find(thrown, OutOfMemoryError.class);
    if (error.isPresent()) {
      memory = error.get();
      Thread stop = new Thread(context::stop, "adept-stop");
      stop.setDaemon(true);
      stop.start();
    } else if (others != null) {
      others.uncaughtException(thread, thrown);
    } else {
      thread.getThreadGroup().uncaughtException(thread, thrown);
    }
  }

  /** Does a piece of work; throws what it throws, or why the session ended if that is the cause. */
  public void run(Runnable work) {
    try {
      work.run();
    } catch (Throwable thrown) { // Spark, being Scala, throws checked exceptions undeclared.
      if (memory != null) {
        throw with(new IllegalStateException(memory), thrown);
      }
      if (lost != null && Failure.isRemoval(thrown)) {
        throw with(new SessionEndedException(lost), thrown);
      }
      throw thrown;
    }
  }

  private static RuntimeException with(RuntimeException reason, Throwable thrown) {
    reason.addSuppressed(thrown);
    return reason;
  }

  @Override
  public void close() {
    Thread.setDefaultUncaughtExceptionHandler(others);
    context.removeSparkListener(this);
  }
}
