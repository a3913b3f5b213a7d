package org.sparkadept.udfs.sharing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;

class PendingLoadTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final CountDownLatch stuck = new CountDownLatch(1);
  private final SynchronousQueue<String> closed = new SynchronousQueue<>();
  private final AtomicInteger forgotten = new AtomicInteger();

  @AfterEach
  void freeTheStuck() {
    stuck.countDown();
  }

  @Test
  void loadsThatHangHoldUpNoOther() {
    List<PendingLoad<String>> hanging = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      hanging.add(started());
      hanging.get(i).start(this::hang);
    }
    PendingLoad<String> other = started();
    other.start(() -> "loaded");
    assertEquals("loaded", other.await("m", LONG));
    assertEquals("loaded", other.result().orElseThrow());
    hanging.forEach(load -> assertFalse(load.isDone()));
  }

  @Test
  void whoeverWaitsGivesUpAndALateResultIsClosed() throws Exception {
    PendingLoad<String> load = started();
    load.start(this::hang);
    AdeptException late =
        assertThrows(AdeptException.class, () -> load.await("m", Duration.ofMillis(50)));
    assertTrue(late.getMessage().startsWith("Model m is not loaded after 0 seconds"));
    assertEquals(1, forgotten.get());
    assertEquals(
        late.getMessage(),
        assertThrows(AdeptException.class, () -> load.await("m", LONG)).getMessage());
    assertTrue(load.result().isEmpty());
    stuck.countDown();
    assertEquals("late", closed.poll(60, TimeUnit.SECONDS));
  }

  @Test
  void aFailureIsForgottenBeforeItIsReported() {
    PendingLoad<String> load = started();
    load.start(
        () -> {
          throw new IllegalStateException("broken");
        });
    AdeptException failure = assertThrows(AdeptException.class, () -> load.await("m", LONG));
    assertTrue(failure.getMessage().startsWith("Model m could not be loaded: "));
    assertEquals(1, forgotten.get());
  }

  private PendingLoad<String> started() {
    return new PendingLoad<>(this::close, forgotten::incrementAndGet);
  }

  private void close(String result) {
    try {
      closed.put(result);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String hang() {
    try {
      stuck.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return "late";
  }
}
