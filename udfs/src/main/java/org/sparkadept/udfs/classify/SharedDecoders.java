package org.sparkadept.udfs.classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.AdeptException;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;

/**
 * The decoders of this JVM: one for each model directory and set of options, shared by all tasks.
 *
 * <p>The first task that asks starts the load, in a thread of its own, so that killing that task
 * does not take the model from the others; all tasks wait for the same load. A load that fails is
 * reported to every waiter and forgotten: the next task tries again. Decoders stay loaded until the
 * JVM ends; one whose files were replaced or removed only until another is loaded while no task
 * uses it. Whoever asks after a directory was fitted anew gets the new model.
 */
public final class SharedDecoders {
  private static final Logger LOG = LoggerFactory.getLogger(SharedDecoders.class);
  private static final long CLOSE_WAIT_MILLIS = 2_000;
  private static final Map<Key, Shared> DECODERS = new HashMap<>();
  private static final AtomicLong LOADS = new AtomicLong();
  private static boolean closesAtEnd;

  private SharedDecoders() {}

  private record Key(Path model, String version, DecoderOptions options) {}

  private static final class Shared {
    final CompletableFuture<Decoder> decoder = new CompletableFuture<>();
    int leases;
  }

  /**
   * Borrows the decoder of a model directory; loads it if this JVM has not yet.
   *
   * @param model the model directory, as seen by this machine
   * @param options how it runs; on the GPU that Spark assigned to the task, where none is named
   * @throws AdeptException if the model cannot be loaded, or the thread is interrupted while it
   *     waits
   */
  public static DecoderLease acquire(String model, DecoderOptions options) {
    Path path = canonical(model);
    Key key = new Key(path, ModelVersion.of(path), AssignedGpu.ofThisTask(options));
    Shared shared;
    synchronized (DECODERS) {
      shared = DECODERS.get(key);
      if (shared == null) {
        closeStale();
        shared = new Shared();
        DECODERS.put(key, shared);
        startLoad(key, shared);
      }
      shared.leases++;
    }
    Shared borrowed = shared;
    try {
      return new DecoderLease(await(key, borrowed), () -> giveBack(borrowed));
    } catch (RuntimeException e) {
      giveBack(borrowed);
      throw e;
    }
  }

  /** Closes decoders that nobody uses and nobody can ask for any more. */
  private static void closeStale() {
    DECODERS
        .entrySet()
        .removeIf(
            entry -> {
              Key key = entry.getKey();
              Shared shared = entry.getValue();
              boolean stale =
                  shared.leases == 0
                      && shared.decoder.isDone()
                      && !ModelVersion.of(key.model()).equals(key.version());
              if (stale && !shared.decoder.isCompletedExceptionally()) {
                LOG.info("{} was replaced or removed; closing its decoder", key.model());
                shared.decoder.join().close();
              }
              return stale;
            });
  }

  /** How many loads have succeeded since the JVM began. */
  public static long loads() {
    return LOADS.get();
  }

  private static Path canonical(String model) {
    Path path = Path.of(model);
    if (!Files.isDirectory(path)) {
      throw new AdeptException(
          "Model directory "
              + path.toAbsolutePath()
              + " does not exist on this machine; every machine that runs a task needs the model"
              + " under this path.");
    }
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new AdeptException("Model directory " + path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static void startLoad(Key key, Shared shared) {
    if (!closesAtEnd) {
      Runtime.getRuntime().addShutdownHook(new Thread(SharedDecoders::closeIdle, "adept-close"));
      closesAtEnd = true;
    }
    Thread loader = new Thread(() -> load(key, shared), "adept-load");
    loader.setDaemon(true);
    loader.start();
  }

  private static void load(Key key, Shared shared) {
    try {
      Decoder decoder = Decoder.open(key.model(), key.options());
      LOADS.incrementAndGet();
      LOG.info("Loaded {} with backend {}", key.model(), decoder.backend());
      shared.decoder.complete(decoder);
    } catch (RuntimeException | Error e) {
      synchronized (DECODERS) {
        DECODERS.remove(key);
      }
      shared.decoder.completeExceptionally(e);
    }
  }

  private static Decoder await(Key key, Shared shared) {
    try {
      return shared.decoder.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdeptException("Interrupted while waiting for the load of " + key.model(), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String message =
          cause instanceof AdeptException
              ? cause.getMessage()
              : "Model " + key.model() + " could not be loaded: " + cause;
      throw new AdeptException(message, cause);
    }
  }

  private static void giveBack(Shared shared) {
    synchronized (DECODERS) {
      shared.leases--;
      DECODERS.notifyAll();
    }
  }

  /**
   * At the end of the JVM: closes what no task uses; gives tasks that are being killed a moment.
   */
  private static void closeIdle() {
    long deadline = System.currentTimeMillis() + CLOSE_WAIT_MILLIS;
    synchronized (DECODERS) {
      for (Shared shared : DECODERS.values()) {
        try {
          long left = deadline - System.currentTimeMillis();
          while (shared.leases > 0 && left > 0) {
            DECODERS.wait(left);
            left = deadline - System.currentTimeMillis();
          }
        } catch (InterruptedException e) {
          return;
        }
        if (shared.leases == 0 && shared.decoder.isDone()) {
          shared.decoder.join().close();
        }
      }
    }
  }
}
