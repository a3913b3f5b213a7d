package org.sparkadept.pipeline.failure;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An executor whose loss made Spark give up a task, or the cluster manager the whole run. Spark
 * reports it as text only; the reason is in the words of the cluster manager.
 *
 * @param verdict what was given up, as a sentence
 * @param executor its number and its host
 * @param reason why it was lost
 */
record LostExecutor(String verdict, String executor, String reason) {
  static final String TASK_FAILED = "A task failed too often.";

  static final String RUN_ENDED = "The cluster manager ended the run, since its executors ended.";

  private static final Pattern LOSS =
      Pattern.compile(
          "\\((\\S+) executor (\\S+)\\): ExecutorLostFailure \\(.*?\\) Reason: (.*?)"
              + "(?:\\s*Driver stacktrace:|$)",
          Pattern.DOTALL);

  /** As standalone clusters, Kubernetes and YARN write it. */
  private static final Pattern EXIT_CODE =
      Pattern.compile("(?:exited with(?: exit)? code|Exit status:) (\\d+)");

  private static final Pattern OVER_LIMIT = Pattern.compile("exceeding \\w+ memory limits");

  /** Spark's own code of an executor whose heap is full. */
  private static final int NO_HEAP = 52;

  /** The JVM's own code, where it is to end as soon as its heap is full. */
  private static final int EXIT_ON_NO_HEAP = 3;

  private static final int SIGKILL = 128 + 9;
  private static final int SIGABRT = 128 + 6;
  private static final int SIGSEGV = 128 + 11;

  /** The executor whose loss failed a job, if that is the cause. */
  static Optional<LostExecutor> of(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = Messages.cause(at)) {
      Matcher loss = LOSS.matcher(at.getMessage() == null ? "" : at.getMessage());
      if (loss.find()) {
        String executor = "executor " + loss.group(2) + " on " + loss.group(1);
        return Optional.of(new LostExecutor(TASK_FAILED, executor, Messages.line(loss.group(3))));
      }
    }
    return Optional.empty();
  }

  /** The failure, and what to do. */
  String message() {
    int code = exitCode();
    if (code == NO_HEAP) {
      return outOfHeap(" ran out of heap (exit code 52).");
    }
    if (code == EXIT_ON_NO_HEAP) {
      return outOfHeap(
          " ended with exit code 3, as a JVM does that runs out of heap under"
              + " -XX:+ExitOnOutOfMemoryError.");
    }
    if (code == SIGKILL || OVER_LIMIT.matcher(reason).find()) {
      return last(
          "was killed",
          ", probably for memory outside the heap. Increase"
              + " spark.executor.memoryOverhead or use fewer spark.executor.cores.");
    }
    if (code == SIGABRT || code == SIGSEGV) {
      return last(
          "crashed",
          ". See hs_err_pid*.log in its working directory; if it says OutOfMemory, increase"
              + " spark.executor.memory.");
    }
    return last("was lost", ". See that executor's log.");
  }

  private String outOfHeap(String end) {
    return "Out of memory: "
        + executor
        + end
        + " Increase spark.executor.memory or "
        + Failure.SMALLER_BATCHES;
  }

  private String last(String end, String advice) {
    return verdict + " Its last executor, " + executor + ", " + end + " (" + reason + ")" + advice;
  }

  /** Exit code of its process; negative if unknown. */
  private int exitCode() {
    Matcher code = EXIT_CODE.matcher(reason);
    return code.find() ? Integer.parseInt(code.group(1)) : -1;
  }
}
