package org.sparkadept.pipeline.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions, with patience for machines that have much else to do. */
final class Await {
  static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final long PAUSE_MILLIS = 20;

  private Await() {}

  /** Waits until a value is there. */
  static <T> T value(String what, Supplier<Optional<T>> look) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<T> found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Waited " + PATIENCE.toSeconds() + " s in vain for " + what);
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  /** Waits until a condition holds. */
  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    value(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }
}
