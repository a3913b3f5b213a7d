package org.sparkadept.pipeline.output;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to work in a folder, which one run has at a time: a lease with a heartbeat, on any
 * Hadoop file system, that survives the death of its owner.
 *
 * <p>A run claims the folder by a file of its own in {@code _lease}, and then lists that folder. It
 * owns the lease once it sees no claim but its own. Of two runs, the one that lists last sees the
 * other's claim, so never do both own it; this needs listings that show every finished write (HDFS,
 * local disks, S3, Google and Azure have them), and no locks or atomic renames. The owner writes
 * its file anew every few seconds. A claim that is older than {@link Terms#expiry()}, by the clock
 * of the file system, is void, and so is that of a process that has ended on this machine.
 *
 * <p>An owner that was stopped for so long (a suspended machine) finds its lease lost: {@link
 * #check} refuses from half the expiry on, before others may take over. What is left is the instant
 * between a check and the operation that it guards.
 */
public final class FolderLease implements AutoCloseable {
  /** In the folder: the claims. Spark does not read what begins so. */
  public static final String CLAIMS = "_lease";

  private static final Logger LOG = LoggerFactory.getLogger(FolderLease.class);
  private static final int READS = 3;

  private final FileSystem files;
  private final Path folder;
  private final Path own;
  private final Terms terms;
  private final ScheduledExecutorService heartbeat =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "adept-lease");
            thread.setDaemon(true);
            return thread;
          });
  private LeaseClaim claim;
  private volatile Renewal renewed;
  private volatile String lost;
  private Runnable whenLost = () -> {};

  private FolderLease(FileSystem files, Path folder, String run, Terms terms) {
    this.files = files;
    this.folder = folder;
    this.terms = terms;
    own = files.makeQualified(new Path(new Path(folder, CLAIMS), run));
    claim = LeaseClaim.ofThisProcess(run);
  }

  /**
   * How long things take.
   *
   * @param renewal between two heartbeats of an owner
   * @param expiry age from which a claim is void
   */
  record Terms(Duration renewal, Duration expiry) {
    static final Terms DEFAULT = new Terms(Duration.ofSeconds(5), Duration.ofSeconds(60));
  }

  /**
   * What another run has written.
   *
   * @param written when, by the clock of the file system
   * @param claim null if it is just being written
   */
  private record Claimed(Path file, long written, LeaseClaim claim) {}

  /** When a renewal began, by two clocks: one does not jump, the other runs while we sleep. */
  private record Renewal(long nanos, long millis) {
    static Renewal now() {
      return new Renewal(System.nanoTime(), System.currentTimeMillis());
    }

    Duration age() {
      Duration running = Duration.ofNanos(System.nanoTime() - nanos);
      Duration sleeping = Duration.ofMillis(System.currentTimeMillis() - millis);
      return running.compareTo(sleeping) > 0 ? running : sleeping;
    }
  }

  /**
   * Takes the lease of a folder, which is made if it is not there. Waits for an owner that may be
   * dead, at most until its lease expires.
   *
   * @param what the folder in words, for messages ("The checkpoint file:/…")
   * @param run a name that no other run has
   * @throws OutputException if another run has the lease, or waits for it already
   */
  public static FolderLease acquire(
      String what, Path folder, String run, Configuration configuration) {
    return acquire(what, folder, run, configuration, Terms.DEFAULT);
  }

  static FolderLease acquire(
      String what, Path folder, String run, Configuration configuration, Terms terms) {
    try {
      FolderLease lease = new FolderLease(folder.getFileSystem(configuration), folder, run, terms);
      try {
        lease.await(what);
        return lease;
      } catch (IOException | RuntimeException e) {
        lease.close();
        throw e;
      }
    } catch (IOException e) {
      throw new OutputException(what + " cannot be used: " + e.getMessage(), e);
    }
  }

  private void await(String what) throws IOException {
    Map<Path, Long> seen = new HashMap<>();
    while (true) {
      long now = write();
      List<Claimed> others = others(now);
      if (others.isEmpty()) {
        Renewal seenAlone = renewed;
        claim = claim.withOwner(true);
        write();
        if (isLate(seenAlone)) { // Others may have taken our claim for dead.
          claim = claim.withOwner(false);
          continue;
        }
        long period = terms.renewal().toNanos();
        heartbeat.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.NANOSECONDS);
        return;
      }
      for (Claimed other : others) {
        Long first = seen.putIfAbsent(other.file(), other.written());
        boolean alive = first != null && first != other.written();
        LeaseClaim theirs = other.claim();
        boolean goesFirst =
            theirs != null && (theirs.owner() ? alive : other.file().compareTo(own) < 0);
        if (goesFirst) {
          throw new OutputException(
              what
                  + " is in use by another run: "
                  + theirs.describe()
                  + ". Only one may work there at a time; run again when that one has ended.");
        }
      }
      pause();
    }
  }

  /** Those of other runs that may still be alive; removes the others. */
  private List<Claimed> others(long now) throws IOException {
    List<Claimed> others = new ArrayList<>();
    for (FileStatus status : files.listStatus(own.getParent())) {
      Path file = status.getPath();
      if (file.equals(own)) {
        continue;
      }
      long written = status.getModificationTime();
      LeaseClaim theirs = read(file);
      boolean expired = now - written > terms.expiry().toMillis();
      if (expired || theirs != null && theirs.hasEnded()) {
        LOG.info("{} takes over from a run that has died ({})", own, file);
        files.delete(file, false);
      } else {
        others.add(new Claimed(file, written, theirs));
      }
    }
    return others;
  }

  /** A claim; null if it is just being written. */
  private LeaseClaim read(Path file) throws IOException {
    for (int i = 0; i < READS; i++) {
      try (InputStream in = files.open(file)) {
        return LeaseClaim.read(in.readAllBytes());
      } catch (IOException e) {
        LOG.debug("{} is just being written", file, e);
        pause();
      }
    }
    return null;
  }

  /**
   * Writes the claim.
   *
   * @return the time, by the clock of the file system
   */
  private long write() throws IOException {
    Renewal begun = Renewal.now();
    long time = put();
    renewed = begun;
    return time;
  }

  private long put() throws IOException {
    try (OutputStream out = files.create(own, true)) {
      out.write(claim.bytes());
    }
    return files.getFileStatus(own).getModificationTime();
  }

  private void renew() {
    if (lost != null) {
      return;
    }
    try {
      if (!files.exists(own)) {
        lose("another run has taken over");
        return;
      }
      Renewal begun = Renewal.now();
      put();
      if (isLate(renewed)) { // Others may have taken over before we wrote.
        loseLate();
        files.delete(own, false);
      } else {
        renewed = begun;
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("The lease of {} could not be renewed: {}", folder, e.toString());
      if (isLate(renewed)) {
        lose("it cannot be renewed (" + e.getMessage() + ")");
      }
    }
  }

  private boolean isLate(Renewal renewal) {
    return renewal.age().compareTo(terms.expiry().dividedBy(2)) > 0;
  }

  private void loseLate() {
    lose("it was not renewed for " + renewed.age().toSeconds() + " s");
  }

  private void lose(String why) {
    Runnable work;
    synchronized (this) {
      lost = why;
      work = whenLost;
    }
    work.run();
  }

  /** Has something done as soon as the lease is lost, by another thread, or now if it is. */
  public void whenLost(Runnable work) {
    boolean now;
    synchronized (this) {
      whenLost = work;
      now = lost != null;
    }
    if (now) {
      work.run();
    }
  }

  /**
   * Checks that the lease is still ours; to be called before everything that must not be done
   * twice.
   *
   * @throws LostLeaseException if it is lost
   */
  public void check() {
    if (lost == null && isLate(renewed)) {
      loseLate();
    }
    if (lost != null) {
      throw new LostLeaseException(
          "This run has lost its lease on "
              + folder
              + ": "
              + lost
              + ". It has stopped, so that nothing is written twice; run it again.");
    }
  }

  /** Gives the lease back. */
  @Override
  public void close() {
    heartbeat.shutdown();
    try {
      heartbeat.awaitTermination(terms.expiry().toMillis(), TimeUnit.MILLISECONDS);
      files.delete(own, false);
      removeIfEmpty(own.getParent());
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", own, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void removeIfEmpty(Path claims) {
    try {
      files.delete(claims, false);
    } catch (IOException e) {
      LOG.debug("{} has claims of other runs", claims, e);
    }
  }

  private void pause() {
    try {
      Thread.sleep(terms.renewal().toMillis() / 10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutputException("Interrupted while waiting for " + folder + ".", e);
    }
  }
}
