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
 * The one thread that touches a device: it builds TornadoVM's graphs and executes them, for all
 * models and all callers of the JVM, because TornadoVM does neither from several threads at once.
 *
 * <p>Callers wait for their work in a bounded queue. It is done in the order in which it came, save
 * that what joins the work at its head goes with it.
 */
public final class DeviceThread {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceThread.class);

  /** A caller waits for each of its works, so this many callers find room; others wait for it. */
  private static final int QUEUE = 64;

  private static final Map<Integer, DeviceThread> THREADS = new HashMap<>();

  private static final LongAdder BUSY_NANOS = new LongAdder();
  private static final LongAdder LAUNCHES = new LongAdder();
  private static final LongAdder STEPS = new LongAdder();

  private record Submission(DeviceWork work, CompletableFuture<Void> done) {}

  private final Device device;
  private final BlockingQueue<Submission> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Thread thread;
  private int users;
  private long reserved;
  private volatile boolean ended;

  private DeviceThread(Device device) {
    this.device = device;
    thread = new Thread(this::work, "adept-gpu-" + device.number());
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * What the threads of this JVM have done: {@code gpuTime}, milliseconds in which work was built,
   * launched and waited for; {@code gpuSteps}, works that callers asked for; {@code gpuLaunches},
   * how often the device was given some, several steps that joined being one.
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

  /** The thread of a device; starts it for the first user. To be given back by {@link #leave}. */
  public static DeviceThread join(Device device) {
    synchronized (THREADS) {
      DeviceThread found =
          THREADS.computeIfAbsent(device.number(), number -> new DeviceThread(device));
      found.users++;
      return found;
    }
  }

  /** Gives the thread back; it ends with its last user. */
  public void leave() {
    synchronized (THREADS) {
      users--;
      if (users == 0) {
        ended = true;
        THREADS.remove(device.number());
        thread.interrupt();
      }
    }
  }

  /**
   * Reserves memory of the device.
   *
   * @param bytes how much is needed
   * @param what for what, for the message
   * @throws AdeptException if there is not as much; the message says what there is
   */
  public synchronized void reserve(long bytes, String what) {
    long free = device.memory() - reserved;
    if (bytes > free) {
      throw new AdeptException(
          String.format(
              "The model needs %s of the GPU (%s), but of the %s that may be used of device %s, %s"
                  + " are free. Lower spark.adept.gpu.waveMemory, take another device, or, where the"
                  + " GPU has more, raise -Dtornado.device.memory (ADEPT_GPU_MEMORY of"
                  + " bin/adept-gpu-options).",
              mebibytes(bytes), what, mebibytes(device.memory()), device, mebibytes(free)));
    }
    reserved += bytes;
  }

  /** Gives memory back that was reserved. */
  public synchronized void release(long bytes) {
    reserved -= bytes;
  }

  /** Bytes of the device that are reserved now. */
  public synchronized long reserved() {
    return reserved;
  }

  /** A number of bytes for a message. */
  public static String mebibytes(long bytes) {
    return String.format("%,d MiB", (bytes + (1 << 20) - 1) >> 20);
  }

  /**
   * Has work done, and waits until it is, interrupted or not: memory that the device writes must
   * not change hands meanwhile.
   *
   * @throws AdeptException if the device fails
   */
  public void execute(DeviceWork work) {
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

  private void work() {
    while (!ended) {
      try {
        Submission head = queue.take();
        List<Submission> joined = joined(head);
        List<DeviceWork> works = joined.stream().map(Submission::work).toList();
        STEPS.add(works.size());
        LAUNCHES.increment();
        long start = System.nanoTime();
        try {
          head.work().run(works);
          joined.forEach(each -> each.done().complete(null));
        } catch (RuntimeException | Error e) {
          LOG.error("Device {} failed", device, e);
          joined.forEach(each -> each.done().completeExceptionally(e));
        } finally {
          BUSY_NANOS.add(System.nanoTime() - start);
        }
      } catch (InterruptedException e) {
        LOG.debug("Thread of device {} wakes to end", device);
      }
    }
  }

  private List<Submission> joined(Submission head) {
    List<Submission> joined = new ArrayList<>();
    joined.add(head);
    for (Iterator<Submission> waiting = queue.iterator(); waiting.hasNext(); ) {
      Submission next = waiting.next();
      if (head.work().joins(next.work())) {
        waiting.remove();
        joined.add(next);
      }
    }
    return joined;
  }
}
