package org.sparkadept.gpu.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;

/**
 * The only thread that uses a device: it builds and executes TornadoVM's graphs for all models and
 * callers of the JVM, because TornadoVM supports neither from several threads at once.
 *
 * <p>Callers wait in a bounded queue, which is served in order of arrival. Queued work that can be
 * merged with the work at the head is executed together with it.
 */
public final class DeviceThread {
  /** Work for a device. */
  public interface Work {
    /** Whether this work and another can be executed together. */
    boolean mergesWith(Work other);

    /**
     * Executes the work, on the device's thread.
     *
     * @param merged this work, and the work merged with it
     */
    void run(List<Work> merged);
  }

  private static final Logger LOG = LoggerFactory.getLogger(DeviceThread.class);

  /** Each caller waits for its work, so this is the number of callers in the queue. */
  private static final int QUEUE = 64;

  private static final Map<Integer, DeviceThread> THREADS = new HashMap<>();

  private static final LongAdder BUSY_NANOS = new LongAdder();
  private static final LongAdder LAUNCHES = new LongAdder();
  private static final LongAdder STEPS = new LongAdder();

  private record Submission(Work work, CompletableFuture<Void> done) {}

  private final Device device;
  private final BlockingQueue<Submission> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Thread thread;
  private int users;
  private long reserved;
  private volatile boolean stopped;

  private DeviceThread(Device device) {
    this.device = device;
    thread = new Thread(this::serve, "adept-gpu-" + device.number());
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Counters of all devices of this JVM: {@code gpuTime}, milliseconds of building, launching and
   * waiting for work; {@code gpuSteps}, work submitted by callers; {@code gpuLaunches}, executions,
   * where merged work counts once.
   */
  public static Map<String, LongSupplier> metrics() {
    return Map.of(
        "gpuTime",
        () -> TimeUnit.NANOSECONDS.toMillis(BUSY_NANOS.sum()),
        "gpuSteps",
        STEPS::sum,
        "gpuLaunches",
        LAUNCHES::sum);
  }

  /** The thread of a device; the first user starts it. Each user must {@link #release} it. */
  public static DeviceThread acquire(Device device) {
    synchronized (THREADS) {
      DeviceThread found =
          THREADS.computeIfAbsent(device.number(), number -> new DeviceThread(device));
      found.users++;
      return found;
    }
  }

  /** Ends the use of the thread; it stops with its last user. */
  public void release() {
    synchronized (THREADS) {
      users--;
      if (users == 0) {
        stopped = true;
        THREADS.remove(device.number());
        thread.interrupt();
      }
    }
  }

  /**
   * Reserves memory of the device.
   *
   * @param bytes how much
   * @param purpose what for, for the message
   * @throws AdeptException if less is free; the message says how much
   */
  public synchronized void reserveMemory(long bytes, String purpose) {
    long free = device.memory() - reserved;
    if (bytes > free) {
      throw new AdeptException(
          String.format(
              "The model needs %s of the GPU (%s), but of the %s that may be used of device %s, %s"
                  + " are free. Lower spark.adept.gpu.waveMemory, take another device, or, where the"
                  + " GPU has more, raise -Dtornado.device.memory (ADEPT_GPU_MEMORY of"
                  + " bin/adept-gpu-options).",
              mebibytes(bytes), purpose, mebibytes(device.memory()), device, mebibytes(free)));
    }
    reserved += bytes;
  }

  /** Releases reserved memory. */
  public synchronized void releaseMemory(long bytes) {
    reserved -= bytes;
  }

  /** Reserved memory of the device, in bytes. */
  public synchronized long reservedMemory() {
    return reserved;
  }

  /** Formats a number of bytes for a message. */
  public static String mebibytes(long bytes) {
    return String.format("%,d MiB", (bytes + (1 << 20) - 1) >> 20);
  }

  /**
   * Executes work on the thread. Waits for its end even if interrupted, because the device writes
   * memory of the caller.
   *
   * @throws AdeptException if the device fails
   */
  public void execute(Work work) {
    Submission submission = new Submission(work, new CompletableFuture<>());
    boolean interrupted = false;
    boolean queued = false;
    try {
      while (true) {
        try {
          if (!queued) {
            queue.put(submission);
            queued = true;
          }
          submission.done().get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof AdeptException known) {
        throw new AdeptException(known.getMessage(), known);
      }
      throw new AdeptException("Device " + device + " failed: " + cause, cause);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void serve() {
    while (!stopped) {
      try {
        Submission head = queue.take();
        List<Submission> merged = merged(head);
        List<Work> works = merged.stream().map(Submission::work).toList();
        STEPS.add(works.size());
        LAUNCHES.increment();
        long start = System.nanoTime();
        try {
          head.work().run(works);
          merged.forEach(each -> each.done().complete(null));
        } catch (RuntimeException | Error e) {
          LOG.error("Device {} failed", device, e);
          merged.forEach(each -> each.done().completeExceptionally(e));
        } finally {
          BUSY_NANOS.add(System.nanoTime() - start);
        }
      } catch (InterruptedException e) {
        LOG.debug("Thread of device {} stops", device);
      }
    }
  }

  private List<Submission> merged(Submission head) {
    List<Submission> merged = new ArrayList<>();
    merged.add(head);
    for (Iterator<Submission> waiting = queue.iterator(); waiting.hasNext(); ) {
      Submission next = waiting.next();
      if (head.work().mergesWith(next.work())) {
        waiting.remove();
        merged.add(next);
      }
    }
    return merged;
  }
}
