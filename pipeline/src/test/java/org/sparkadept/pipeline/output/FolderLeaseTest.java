package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.output.FolderLease.Terms;

class FolderLeaseTest {
  private static final Terms SHORT = new Terms(Duration.ofMillis(200), Duration.ofSeconds(3));

  @TempDir private Path temporary;
  private Path folder;
  private Path claims;

  @BeforeEach
  void nameFolder() {
    folder = temporary.resolve("checkpoint");
    claims = folder.resolve(FolderLease.CLAIMS);
  }

  @Test
  void oneRunAtATimeHasIt() {
    try (FolderLease first = acquire("one")) {
      OutputException e = assertThrows(OutputException.class, () -> acquire("two"));

      String holder = "process " + ProcessHandle.current().pid() + " of ";
      assertTrue(e.getMessage().startsWith("The folder is in use by another run: " + holder));
      first.check();
    }
    assertFalse(Files.exists(claims), "nothing is left");
    acquire("two").close();
  }

  @Test
  void aProcessOfThisMachineThatHasEndedHoldsNothing() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    leave("dead", claimOf(ended.pid(), LeaseClaim.ofThisProcess("").machine()));

    long start = System.nanoTime();
    acquire("next").close();

    assertTrue(System.nanoTime() - start < SHORT.expiry().toNanos(), "no wait");
  }

  @Test
  void aNewProcessOfTheSameIdIsNotTheOldOne() throws IOException {
    LeaseClaim self = LeaseClaim.ofThisProcess("dead");
    leave(
        "dead",
        new LeaseClaim("dead", true, "", self.user(), "", self.machine(), self.process(), 12345));

    acquire("next").close();
  }

  @Test
  void theClaimOfAnotherUserHoldsUntilItExpires() throws IOException {
    LeaseClaim self = LeaseClaim.ofThisProcess("");
    leave("hidden", new LeaseClaim("", true, "", "x", "", self.machine(), 1 << 23, 1));

    long start = System.nanoTime();
    acquire("next").close();

    assertTrue(System.nanoTime() - start > SHORT.expiry().toNanos() / 2);
  }

  @Test
  void theClaimOfAnotherMachineHoldsUntilItExpires() throws IOException {
    leave("silent", claimOf(1, "another machine"));

    long start = System.nanoTime();
    try (FolderLease lease = acquire("next")) {
      lease.check();
    }

    Duration waited = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(waited.compareTo(SHORT.expiry().minusMillis(500)) > 0, waited.toString());
    assertFalse(Files.exists(claims.resolve("silent")));
  }

  @Test
  void anOldClaimOfAnotherMachineIsTakenOverAtOnce() throws IOException {
    leave("silent", claimOf(1, "another machine"));
    Files.setLastModifiedTime(
        claims.resolve("silent"), FileTime.from(Instant.now().minusSeconds(60)));

    long start = System.nanoTime();
    acquire("next").close();

    assertTrue(System.nanoTime() - start < SHORT.expiry().toNanos() / 2);
  }

  @Test
  void anOwnerWhoseClaimWasTakenHasLostIt() throws Exception {
    try (FolderLease lease = acquire("one")) {
      CountDownLatch told = new CountDownLatch(1);
      lease.whenLost(told::countDown);
      Files.delete(claims.resolve("one"));

      assertTrue(told.await(10, TimeUnit.SECONDS));
      LostLeaseException e = assertThrows(LostLeaseException.class, lease::check);
      assertTrue(e.getMessage().contains("another run has taken over"), e.getMessage());
    }
  }

  @Test
  void anOwnerThatCannotRenewItsClaimStopsBeforeAnotherMayTakeOver() throws Exception {
    try (FolderLease lease = acquire("one")) {
      CountDownLatch told = new CountDownLatch(1);
      lease.whenLost(told::countDown);
      // A folder of the claim's name: it is there, but cannot be written.
      Files.delete(claims.resolve("one"));
      Files.createDirectories(claims.resolve("one"));
      Files.writeString(claims.resolve("one").resolve("x"), "x");

      assertTrue(told.await(10, TimeUnit.SECONDS));
      assertThrows(LostLeaseException.class, lease::check);
      Duration age =
          Duration.between(
              Files.getLastModifiedTime(claims.resolve("one")).toInstant(), Instant.now());
      assertTrue(age.compareTo(SHORT.expiry()) < 0, age.toString());
    }
  }

  @Test
  void ofManyAtOnceNeverTwoOwnIt() throws Exception {
    assertNeverTwoOwnIt(new org.apache.hadoop.fs.Path(folder.toUri()), new Configuration(), 10);
  }

  /** Lets many threads ask for a lease, in rounds. */
  static void assertNeverTwoOwnIt(
      org.apache.hadoop.fs.Path folder, Configuration configuration, int rounds) throws Exception {
    int runs = 6;
    AtomicInteger owners = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger successes = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(runs);
    try {
      for (int round = 0; round < rounds; round++) {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
          String name = round + "-" + run;
          tasks.add(
              () -> {
                try (FolderLease lease =
                    FolderLease.acquire("The folder", folder, name, configuration, SHORT)) {
                  most.accumulateAndGet(owners.incrementAndGet(), Math::max);
                  successes.incrementAndGet();
                  Thread.sleep(20);
                  lease.check();
                  owners.decrementAndGet();
                } catch (OutputException e) {
                  assertTrue(e.getMessage().contains("in use"), e.getMessage());
                }
                return null;
              });
        }
        for (Future<Void> done : pool.invokeAll(tasks)) {
          done.get();
        }
      }
    } finally {
      pool.shutdownNow();
    }
    assertEquals(1, most.get());
    assertTrue(successes.get() >= rounds, "one at least of each round: " + successes);
  }

  private FolderLease acquire(String run) {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(folder.toUri());
    return FolderLease.acquire("The folder", path, run, new Configuration(), SHORT);
  }

  private static LeaseClaim claimOf(long process, String machine) {
    String user = System.getProperty("user.name");
    return new LeaseClaim("", true, "", user, "elsewhere", machine, process, 1);
  }

  private void leave(String run, LeaseClaim claim) throws IOException {
    Files.createDirectories(claims);
    Files.write(claims.resolve(run), claim.bytes());
  }
}
