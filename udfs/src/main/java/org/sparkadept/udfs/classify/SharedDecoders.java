package org.sparkadept.udfs.classify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * The decoders of this class loader: one for each model and set of options, shared by all tasks.
 *
 * <p>The first task that asks starts the load, in another thread, so that killing that task does
 * not take the model from the others; all tasks wait for the same load. A load that fails is
 * reported to every waiter and forgotten: the next task tries again. Decoders stay loaded until the
 * JVM ends; one whose files were replaced or removed only until another is loaded while no task
 * uses it. Whoever asks after a directory was fitted anew gets the new model.
 */
public final class SharedDecoders {
  private static final Logger LOG = LoggerFactory.getLogger(SharedDecoders.class);
  private static final long CLOSE_WAIT_MILLIS = 2_000;
  private static final int LOADS_AT_ONCE = 4;
  private static final Map<Key, Shared> DECODERS = new HashMap<>();
  private static final LongAdder LOADS = JvmWide.counter("modelLoads");

  /**
   * Threads that know nothing of who asks. Until Java 24 a thread keeps the protection domains of
   * all code that it was started from, and with them, for good where it is a native library's
   * cleaner, the class loader of a session that borrows. A fork-join pool starts its own without.
   */
  private static final ForkJoinPool LOADER = new ForkJoinPool(LOADS_AT_ONCE);

  private static boolean closesAtEnd;

  private SharedDecoders() {}

  /**
   * @param version of a local directory; that of a remote model is part of its path, and empty here
   */
  private record Key(Path model, String version, DecoderOptions options) {
    /** Whether the directory is there and still the version that was loaded. */
    boolean isCurrent() {
      return version.isEmpty() ? Files.isDirectory(model) : version.equals(ModelVersion.of(model));
    }
  }

  private static final class Shared {
    final CompletableFuture<Decoder> decoder = new CompletableFuture<>();
    int leases;
  }

  /** Borrows the decoder of a model as users name it. */
  public static DecoderLease acquire(String model, DecoderOptions options) {
    return acquire(ModelLocation.of(model), options);
  }

  /**
   * Borrows the decoder of a model; fetches it if it is remote and not on this host, and loads it
   * if this JVM has not yet.
   *
   * @param options how it runs; on the GPU that Spark assigned to the task, where none is named
   * @throws AdeptException if the model cannot be loaded, the thread is interrupted while it waits,
   *     or another class loader of this JVM loads the models; {@link SharedClassifiers} is for that
   */
  public static DecoderLease acquire(ModelLocation model, DecoderOptions options) {
    requireHost();
    Path path = model.fetched();
    String version = model.isRemote() ? "" : ModelVersion.of(path);
    Key key = new Key(path, version, AssignedGpu.ofThisTask(options));
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
              boolean stale = shared.leases == 0 && shared.decoder.isDone() && !key.isCurrent();
              if (stale && !shared.decoder.isCompletedExceptionally()) {
                LOG.info("{} was replaced or removed; closing its decoder", key.model());
                shared.decoder.join().close();
              }
              return stale;
            });
  }

  /** How many loads have succeeded since the JVM began, in all its class loaders. */
  public static long loads() {
    return LOADS.sum();
  }

  private static void requireHost() {
    if (!SharedClassifiers.isHost()) {
      throw new AdeptException(
          "Another class loader of this JVM has loaded spark-adept before, and lends its models for"
              + " adept_classify only. Name the spark-adept archive once, where all sessions share"
              + " it: spark.jars or --jars, not an artifact of a single session.");
    }
  }

  private static void startLoad(Key key, Shared shared) {
    LOADER.execute(() -> load(key, shared));
  }

  private static void load(Key key, Shared shared) {
    try {
      closeAtEnd();
      Decoder decoder = Decoder.open(key.model(), key.options());
      LOADS.increment();
      LOG.info("Loaded {} with backend {}", key.model(), decoder.backend());
      shared.decoder.complete(decoder);
    } catch (RuntimeException | Error e) {
      synchronized (DECODERS) {
        DECODERS.remove(key);
      }
      shared.decoder.completeExceptionally(e);
    }
  }

  private static void closeAtEnd() {
    synchronized (DECODERS) {
      if (!closesAtEnd) {
        Runtime.getRuntime().addShutdownHook(new Thread(SharedDecoders::closeIdle, "adept-close"));
        closesAtEnd = true;
      }
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
