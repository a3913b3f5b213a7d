package org.sparkadept.udfs.plugin;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells when there is no more hope that an executor starts: some have failed in a row, none is
 * warm, and none that began before them is still at it. So neither one bad host among good ones nor
 * fast failures beside a slow load are taken for that.
 */
final class FailedStarts {
  /** As many as Spark's tries of a task. */
  static final int MOST = 4;

  private final Map<String, Start> starting = new HashMap<>();
  private final Set<String> warm = new HashSet<>();
  private int inARow;

  /**
   * @param failures how many had failed in a row when it began
   */
  private record Start(String host, int failures) {}

  /** An executor has begun to start; this may be told after it is warm. */
  synchronized void begun(String executor, String host) {
    if (!warm.contains(executor)) {
      starting.put(executor, new Start(host, inARow));
    }
  }

  /** An executor is warm. */
  synchronized void warm(String executor) {
    starting.remove(executor);
    starting.replaceAll((other, start) -> new Start(start.host(), 0));
    warm.add(executor);
    inARow = 0;
  }

  /**
   * An executor is gone; if it was not warm yet, it has failed to start.
   *
   * @return why no executor can start, if this failure shows it
   */
  synchronized Optional<String> gone(String executor, String reason) {
    warm.remove(executor);
    Start failed = starting.remove(executor);
    if (failed == null) {
      return Optional.empty();
    }
    inARow++;
    int beforeAllOthers = inARow;
    for (Start other : starting.values()) {
      beforeAllOthers = Math.min(beforeAllOthers, other.failures());
    }
    if (!warm.isEmpty() || beforeAllOthers < MOST) {
      return Optional.empty();
    }
    return Optional.of(
        AdeptPlugin.NO_EXECUTOR
            + inARow
            + " in a row failed before they were ready. The last was executor "
            + executor
            + " on "
            + failed.host()
            + ": "
            + reason);
  }
}
