package org.sparkadept.udfs.plugin;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Detects that no executor can start: several have failed in a row, none is ready, and none that
 * began before them is still starting. So neither one bad host among good ones nor fast failures
 * beside a slow load count.
 */
final class StartupFailures {
  /** As many as Spark's attempts of a task. */
  static final int MAX_FAILURES = 4;

  private final Map<String, Start> starting = new HashMap<>();
  private final Set<String> ready = new HashSet<>();
  private int failuresInARow;

  /**
   * @param failures how many had failed in a row when it began
   */
  private record Start(String host, int failures) {}

  /** An executor has begun to start; this may be reported after it is ready. */
  synchronized void begun(String executor, String host) {
    if (!ready.contains(executor)) {
      starting.put(executor, new Start(host, failuresInARow));
    }
  }

  /** An executor is ready. */
  synchronized void ready(String executor) {
    starting.remove(executor);
    starting.replaceAll((other, start) -> new Start(start.host(), 0));
    ready.add(executor);
    failuresInARow = 0;
  }

  /**
   * An executor is gone; if it was not ready yet, it has failed to start.
   *
   * @return why no executor can start, if this failure shows it
   */
  synchronized Optional<String> gone(String executor, String reason) {
    ready.remove(executor);
    Start failed = starting.remove(executor);
    if (failed == null) {
      return Optional.empty();
    }
    failuresInARow++;
    int beforeAllOthers = failuresInARow;
    for (Start other : starting.values()) {
      beforeAllOthers = Math.min(beforeAllOthers, other.failures());
    }
    if (!ready.isEmpty() || beforeAllOthers < MAX_FAILURES) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            "%s%s in a row failed before they were ready. The last was executor %s on %s: %s",
            AdeptPlugin.NO_EXECUTOR, failuresInARow, executor, failed.host(), reason));
  }
}
