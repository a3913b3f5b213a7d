package org.sparkadept.udfs.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class StartupFailuresTest {
  private final StartupFailures starts = new StartupFailures();

  @Test
  void aRowOfFailuresIsToldWithTheLastReason() {
    for (int executor = 0; executor < StartupFailures.MAX_FAILURES - 1; executor++) {
      assertFalse(fails("" + executor));
    }
    starts.begun("x", "host-3");

    Optional<String> reason = starts.gone("x", "no such directory");

    assertEquals(
        "No executor can start: 4 in a row failed before they were ready. The last was executor x"
            + " on host-3: no such directory",
        reason.orElseThrow());
  }

  @Test
  void hostsThatFailTurnByTurnAreHopelessThoughOneAlwaysStarts() {
    starts.begun("0", "a");
    for (int executor = 1; executor < StartupFailures.MAX_FAILURES + 1; executor++) {
      starts.begun("" + executor, "b");
      assertEquals(Optional.empty(), starts.gone("" + (executor - 1), "refused"));
    }

    assertTrue(starts.gone("" + StartupFailures.MAX_FAILURES, "refused").isPresent());
  }

  @Test
  void oneWarmExecutorIsEnoughAsLongAsItLives() {
    starts.begun("good", "a");
    starts.ready("good");
    for (int executor = 0; executor < 10 * StartupFailures.MAX_FAILURES; executor++) {
      assertFalse(fails("" + executor));
    }

    assertEquals(Optional.empty(), starts.gone("good", "its machine is lost"));
    assertTrue(fails("last"));
  }

  @Test
  void aSlowLoadBesideFastFailuresIsWaitedFor() {
    starts.begun("slow", "a");
    for (int executor = 0; executor < 10 * StartupFailures.MAX_FAILURES; executor++) {
      assertFalse(fails("" + executor));
    }

    starts.ready("slow");

    assertFalse(fails("later"));
  }

  @Test
  void anExecutorThatIsWarmBeforeItsBeginningIsToldIsNoFailureWhenItEnds() {
    for (int executor = 0; executor < StartupFailures.MAX_FAILURES; executor++) {
      starts.ready("" + executor);
      starts.begun("" + executor, "a");
    }

    for (int executor = 0; executor < StartupFailures.MAX_FAILURES; executor++) {
      assertEquals(Optional.empty(), starts.gone("" + executor, "idle"));
    }
  }

  private boolean fails(String executor) {
    starts.begun(executor, "b");
    return starts.gone(executor, "refused").isPresent();
  }
}
