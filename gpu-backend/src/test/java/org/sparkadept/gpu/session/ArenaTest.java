package org.sparkadept.gpu.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.decoder.fixture.TestSeed;

@Timeout(30)
class ArenaTest {
  @Test
  void rangesNeverOverlapAndAreJoinedAgain() {
    Random random = TestSeed.random();
    Arena arena = new Arena(1000);
    boolean[] used = new boolean[1000];
    List<int[]> allocated = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      if (allocated.size() < 5) {
        int tokens = 1 + random.nextInt(100);
        int slot = arena.allocate(tokens);
        allocated.add(new int[] {slot, tokens});
        for (int t = slot; t < slot + tokens; t++) {
          assertFalse(used[t], "slot " + t + " is allocated twice");
          used[t] = true;
        }
      } else {
        int[] back = allocated.remove(random.nextInt(allocated.size()));
        arena.release(back[0], back[1]);
        for (int t = back[0]; t < back[0] + back[1]; t++) {
          used[t] = false;
        }
      }
    }
    allocated.forEach(back -> arena.release(back[0], back[1]));
    assertEquals(1000, arena.free());
    assertEquals(0, arena.allocate(1000));
  }

  @Test
  void aWaveWithoutRoomWaitsAndIsServedInOrder() throws Exception {
    Arena arena = new Arena(10);
    int first = arena.allocate(8);
    CompletableFuture<Integer> large = allocateLater(arena, 9);
    CompletableFuture<Integer> small = allocateLater(arena, 2);
    assertThrows(
        java.util.concurrent.TimeoutException.class, () -> small.get(100, TimeUnit.MILLISECONDS));
    assertFalse(large.isDone());
    arena.release(first, 8);
    int slot = large.get();
    assertFalse(small.isDone());
    arena.release(slot, 9);
    small.get();
  }

  /** Returns once the thread waits, or has its range. */
  private static CompletableFuture<Integer> allocateLater(Arena arena, int tokens)
      throws InterruptedException {
    CompletableFuture<Integer> slot = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                slot.complete(arena.allocate(tokens));
              } catch (RuntimeException e) {
                slot.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    Await.until(
        "the thread to wait", () -> thread.getState() == Thread.State.WAITING || slot.isDone());
    return slot;
  }

  @Test
  void anInterruptEndsTheWaitAndLetsTheNextOn() throws Exception {
    Arena arena = new Arena(10);
    int first = arena.allocate(10);
    CompletableFuture<String> message = new CompletableFuture<>();
    Thread killed =
        new Thread(
            () ->
                message.complete(
                    assertThrows(AdeptException.class, () -> arena.allocate(10)).getMessage()));
    killed.start();
    CompletableFuture<Integer> next = allocateLater(arena, 5);
    killed.interrupt();
    assertTrue(message.get().contains("Interrupted"), message.get());
    arena.release(first, 10);
    next.get();
  }

  @Test
  void whatCouldNeverFitIsRefused() {
    AdeptException error = assertThrows(AdeptException.class, () -> new Arena(10).allocate(11));
    assertTrue(error.getMessage().contains("spark.adept.gpu.waveMemory"), error.getMessage());
  }
}
