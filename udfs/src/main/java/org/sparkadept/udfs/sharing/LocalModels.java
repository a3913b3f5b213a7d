package org.sparkadept.udfs.sharing;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * The models that this class loader has loaded: one for each {@link ModelKey}, shared by all tasks.
 *
 * <p>The first borrower starts the load, in another thread, so that killing its task does not stop
 * the load for the others; all borrowers wait for the same load. A failed load is reported to every
 * waiter and forgotten: the next borrower tries again. So is one that is not done after half an
 * hour; others do not wait for it. Models stay loaded until the JVM ends. One whose files were
 * replaced or removed is closed when another is loaded and no task uses it; new borrowers get the
 * new files.
 */
public final class LocalModels {
  private static final Logger LOG = LoggerFactory.getLogger(LocalModels.class);
  private static final long CLOSE_WAIT_MILLIS = 2_000;
  private static final Duration LOAD_DEADLINE = Duration.ofMinutes(30);
  private static final Map<ModelKey, Entry> ENTRIES = new HashMap<>();
  private static final LongAdder LOADS = JvmRegistry.counter("modelLoads");

  private static boolean closesAtEnd;

  private LocalModels() {}

  private static final class Entry {
    final PendingLoad<LoadedModel> load;
    int leases;

    Entry(ModelKey key) {
      load = new PendingLoad<>(LoadedModel::close, () -> forget(key, this));
    }
  }

  /**
   * Borrows a model; fetches it if it is remote and not on this host, and loads it if this JVM has
   * not loaded it yet.
   *
   * @param options where it is computed; on the GPU that Spark assigned to the task, unless one is
   *     named
   * @throws AdeptException if the model cannot be loaded, the thread is interrupted while it waits,
   *     or another class loader of this JVM loads the models (use {@link SharedModels} there)
   */
  public static ModelLease borrow(ModelLocation model, ComputeOptions options) {
    requireLocal();
    ModelKey key = ModelKey.of(model, options);
    Entry entry;
    synchronized (ENTRIES) {
      entry = ENTRIES.get(key);
      if (entry == null) {
        closeStale();
        entry = new Entry(key);
        ENTRIES.put(key, entry);
        entry.load.start(() -> load(key));
      }
      entry.leases++;
    }
    Entry borrowed = entry;
    try {
      return new ModelLease(
          borrowed.load.await(key.source(), LOAD_DEADLINE), () -> release(borrowed));
    } catch (RuntimeException e) {
      release(borrowed);
      throw e;
    }
  }

  /** Closes models that no task uses and that no task can borrow any more. */
  private static void closeStale() {
    ENTRIES
        .entrySet()
        .removeIf(
            each -> {
              ModelKey key = each.getKey();
              Entry entry = each.getValue();
              boolean stale = entry.leases == 0 && entry.load.isDone() && !key.isCurrent();
              if (stale) {
                LOG.info("{} was replaced or removed; closing it", key.source());
                entry.load.result().ifPresent(LoadedModel::close);
              }
              return stale;
            });
  }

  /** Number of successful loads since the JVM started, in all its class loaders. */
  public static long loads() {
    return LOADS.sum();
  }

  private static void requireLocal() {
    if (!SharedModels.areLocal()) {
      throw new AdeptException(
          "Another class loader of this JVM has loaded spark-adept before, and shares"
              + " its models for adept_classify only. Give the spark-adept jar once, where all"
              + " sessions share it: spark.jars or --jars, not an artifact of a single session.");
    }
  }

  private static LoadedModel load(ModelKey key) {
    closeAtEnd();
    LoadedModel model = LoadedModel.open(key.source(), key.options());
    LOADS.increment();
    return model;
  }

  private static void forget(ModelKey key, Entry entry) {
    synchronized (ENTRIES) {
      ENTRIES.remove(key, entry);
    }
  }

  private static void closeAtEnd() {
    synchronized (ENTRIES) {
      if (!closesAtEnd) {
        Runtime.getRuntime().addShutdownHook(new Thread(LocalModels::closeIdle, "adept-close"));
        closesAtEnd = true;
      }
    }
  }

  private static void release(Entry entry) {
    synchronized (ENTRIES) {
      entry.leases--;
      ENTRIES.notifyAll();
    }
  }

  /** At the end of the JVM: closes idle models; waits briefly for tasks that are being killed. */
  private static void closeIdle() {
    long deadline = System.currentTimeMillis() + CLOSE_WAIT_MILLIS;
    synchronized (ENTRIES) {
      for (Entry entry : ENTRIES.values()) {
        try {
          long left = deadline - System.currentTimeMillis();
          while (entry.leases > 0 && left > 0) {
            ENTRIES.wait(left);
            left = deadline - System.currentTimeMillis();
          }
        } catch (InterruptedException e) {
          return;
        }
        if (entry.leases == 0) {
          entry.load.result().ifPresent(LoadedModel::close);
        }
      }
    }
  }
}
