package org.sparkadept.udfs.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.model.RemoteModel.SourceFile;

/**
 * A remote model in the cache folder of this host, which all JVMs on it share: the first one
 * fetches, under a file lock, and the others wait. Each JVM hashes what it finds before it maps it.
 * The last two versions of a model are kept.
 */
final class ModelCache {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);
  private static final long LOCK_WAIT_MILLIS = 50;

  /** What this JVM has fetched or checked, by entry. */
  private static final Map<Path, List<SourceFile>> CHECKED = new ConcurrentHashMap<>();

  private final RemoteModel model;
  private final CacheFolder folder;
  private final CacheEntry entry;

  private ModelCache(RemoteModel model) {
    this.model = model;
    folder = CacheFolder.of(model.cacheFolder());
    entry = folder.entry(model);
  }

  static ModelCache of(RemoteModel model) {
    return new ModelCache(model);
  }

  /** Where the model is once it has been fetched. */
  Path directory() {
    return entry.directory();
  }

  /**
   * Fetches the model if this host does not have it, or not in a sound state.
   *
   * @return the model with the hashes of its files
   * @throws AdeptException if it cannot be fetched, or is not any more what it was when it was
   *     listed
   */
  RemoteModel fetch() {
    List<SourceFile> checked = CHECKED.get(entry.path());
    if (checked == null || !model.agrees(checked) || !Files.isDirectory(directory())) {
      checked = underLock();
      CHECKED.put(entry.path(), checked);
    }
    return model.withFiles(checked);
  }

  private List<SourceFile> underLock() {
    folder.create();
    try (FileChannel channel =
            FileChannel.open(
                folder.lockFile(model), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(channel)) {
      LOG.debug("Holding {}", lock);
      return entry.check(model).orElseGet(this::fetchAnew);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdeptException("Interrupted while waiting for " + model + " to be fetched.", e);
    } catch (IOException e) {
      throw new AdeptException(
          "The cache folder " + folder.path() + " cannot be used: " + e + ".", e);
    }
  }

  /** Waits for other JVMs in the system call, for other threads of this JVM by polling. */
  private static FileLock lock(FileChannel channel) throws IOException, InterruptedException {
    while (true) {
      try {
        return channel.lock();
      } catch (OverlappingFileLockException e) {
        Thread.sleep(LOCK_WAIT_MILLIS);
      }
    }
  }

  private List<SourceFile> fetchAnew() {
    folder.removeUnfinished(model);
    long start = System.nanoTime();
    LOG.info("Fetching {} ({} bytes) to {}", model, model.bytes(), entry.path());
    List<SourceFile> files = ModelFetch.into(entry, model);
    LOG.info("Fetched {} in {} ms", model, (System.nanoTime() - start) / 1_000_000);
    folder.removeOldVersions(model);
    return files;
  }
}
