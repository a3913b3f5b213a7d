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
  void stretchesNeverOverlapAndComeTogetherAgain() {
    Random random = TestSeed.random();
    Arena arena = new Arena(1000);
    boolean[] used = new boolean[1000];
    List<int[]> lent = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      if (lent.size() < 5) {
        int tokens = 1 + random.nextInt(100);
        int place = arena.lend(tokens);
        lent.add(new int[] {place, tokens});
        for (int t = place; t < place + tokens; t++) {
          assertFalse(used[t], "place " + t + " is lent twice");
          used[t] = true;
        }
      } else {
        int[] back = lent.remove(random.nextInt(lent.size()));
        arena.takeBack(back[0], back[1]);
        for (int t = back[0]; t < back[0] + back[1]; t++) {
          used[t] = false;
        }
      }
    }
    lent.forEach(back -> arena.takeBack(back[0], back[1]));
    assertEquals(1000, arena.free());
    assertEquals(0, arena.lend(1000));
  }

  @Test
  void whoeverFindsNoRoomWaitsAndNobodyOvertakes() throws Exception {
    Arena arena = new Arena(10);
    int first = arena.lend(8);
    CompletableFuture<Integer> large = lendLater(arena, 9);
    CompletableFuture<Integer> small = lendLater(arena, 2);
    assertThrows(
        java.util.concurrent.TimeoutException.class, () -> small.get(100, TimeUnit.MILLISECONDS));
    assertFalse(large.isDone());
    arena.takeBack(first, 8);
    int place = large.get();
    assertFalse(small.isDone());
    arena.takeBack(place, 9);
    small.get();
  }

  /** Returns once the thread waits, or has its stretch. */
  private static CompletableFuture<Integer> lendLater(Arena arena, int tokens)
      throws InterruptedException {
    CompletableFuture<Integer> place = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                place.complete(arena.lend(tokens));
              } catch (RuntimeException e) {
                place.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    Await.until(
        "the thread to wait",
        () -> thread.getState() == Thread.State.WAITING || place.isDone());
    return place;
  }

  @Test
  void anInterruptEndsTheWaitAndLetsTheNextOn() throws Exception {
    Arena arena = new Arena(10);
    int first = arena.lend(10);
    CompletableFuture<String> message = new CompletableFuture<>();
    Thread killed =
        new Thread(
            () ->
                message.complete(
                    assertThrows(AdeptException.class, () -> arena.lend(10)).getMessage()));
    killed.start();
    CompletableFuture<Integer> next = lendLater(arena, 5);
    killed.interrupt();
    assertTrue(message.get().contains("Interrupted"), message.get());
    arena.takeBack(first, 10);
    next.get();
  }

  @Test
  void whatCouldNeverFitIsRefused() {
    AdeptException error = assertThrows(AdeptException.class, () -> new Arena(10).lend(11));
    assertTrue(error.getMessage().contains("spark.adept.gpu.waveMemory"), error.getMessage());
  }
}
