package org.sparkadept.udfs.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ScoringTimeTest {
  private static final long SECOND = 1_000_000_000L;

  /** Of two cores, one has a task for ten seconds, the other one for four of them. */
  @Test
  void coresWithoutATaskAreIdle() {
    ScoringTime all = task(0, 10).plus(task(0, 1)).plus(task(1, 4)).plus(ScoringTime.ZERO);

    assertEquals(0.3, all.idleShare(2), 1e-9);
    assertEquals(0, all.idleShare(1), 1e-9);
  }

  @Test
  void withoutTasksNothingIsIdle() {
    assertEquals(0, ScoringTime.ZERO.idleShare(2));
    assertEquals(0, ScoringTime.ofDecoder(5, 2, 3).plus(ScoringTime.ZERO).idleShare(2));
  }

  @Test
  void whatTheDecoderTakesIsPartOfTheTask() {
    ScoringTime time = task(0, 10).plus(ScoringTime.ofDecoder(7 * SECOND, SECOND, 5 * SECOND));

    assertEquals(3 * SECOND, time.outsideDecoder());
    assertEquals(0, time.idleShare(1), 1e-9);
  }

  private static ScoringTime task(long from, long to) {
    return new ScoringTime((to - from) * SECOND, 0, 0, 0, 0, 1000 * from, 1000 * to);
  }
}
