package org.sparkadept.pipeline.failure;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An executor whose loss made Spark give up a task. Spark reports it as text only; the reason is in
 * the words of the cluster manager.
 *
 * @param executor its number and its host
 * @param reason why it was lost
 */
record LostExecutor(String executor, String reason) {
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

  private static final int SIGKILL = 128 + 9;
  private static final int SIGABRT = 128 + 6;
  private static final int SIGSEGV = 128 + 11;

  /** The executor whose loss failed a job, if that is the cause. */
  static Optional<LostExecutor> of(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = Messages.cause(at)) {
      Matcher loss = LOSS.matcher(at.getMessage() == null ? "" : at.getMessage());
      if (loss.find()) {
        String executor = "executor " + loss.group(2) + " on " + loss.group(1);
        return Optional.of(new LostExecutor(executor, Messages.line(loss.group(3))));
      }
    }
    return Optional.empty();
  }

  /** The failure, and what to do. */
  String message() {
    int code = exitCode();
    if (code == NO_HEAP) {
      return "Out of memory: "
          + executor
          + " ran out of heap (exit code 52). Increase spark.executor.memory or "
          + Failure.SMALLER_BATCHES;
    }
    if (code == SIGKILL || OVER_LIMIT.matcher(reason).find()) {
      return "A task failed too often. Its last executor, "
          + executor
          + ", was killed ("
          + reason
          + "), probably for memory outside the heap. Increase"
          + " spark.executor.memoryOverhead or use fewer spark.executor.cores.";
    }
    if (code == SIGABRT || code == SIGSEGV) {
      return "A task failed too often. The JVM of its last executor, "
          + executor
          + ", crashed ("
          + reason
          + "). See hs_err_pid*.log in its working directory.";
    }
    return "A task failed too often. Its last executor, "
        + executor
        + ", was lost ("
        + reason
        + "). See that executor's log.";
  }

  /** Exit code of its process; negative if unknown. */
  private int exitCode() {
    Matcher code = EXIT_CODE.matcher(reason);
    return code.find() ? Integer.parseInt(code.group(1)) : -1;
  }
}
