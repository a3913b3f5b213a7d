package org.sparkadept.decoder.tokenizer;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Loads the native tokenizers library that DJL ships: from its own archive, unpacked to DJL's cache
 * folder, never from the network.
 */
final class NativeLibrary {

  /** DJL's switch for the kind of library; any kind but {@code cpu} would be downloaded. */
  private static final String FLAVOR = "RUST_FLAVOR";

  private NativeLibrary() {}

  /**
   * Loads the library once per class loader. A flavor that the user has chosen stands; so does the
   * user's {@code DJL_CACHE_DIR}, {@code ENGINE_CACHE_DIR} or {@code RUST_LIBRARY_PATH}.
   *
   * @throws AdeptException if it cannot be unpacked or loaded
   */
  static synchronized void load() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    boolean chosen = Utils.getEnvOrSystemProperty(FLAVOR) != null;
    // DJL finds its files through the context loader, which on a foreign thread may not see them.
    thread.setContextClassLoader(LibUtils.class.getClassLoader());
    try {
      if (!chosen) {
        System.setProperty(FLAVOR, "cpu");
      }
      LibUtils.checkStatus();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      throw failure(e);
    } finally {
      if (!chosen) {
        System.clearProperty(FLAVOR);
      }
      thread.setContextClassLoader(before);
    }
  }

  private static AdeptException failure(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = String.valueOf(root.getMessage());
    if (message.contains("another classloader")) {
      return new AdeptException(
          "The native tokenizers library is in use by another class loader of this JVM, and Java"
              + " loads it for one only ("
              + message
              + "). Give the spark-adept jar once, where all sessions share it: spark.jars"
              + " or --jars, not an artifact of a single session.",
          e);
    }
    Path cache = Utils.getEngineCacheDir("tokenizers");
    return new AdeptException(
        "The native tokenizers library could not be loaded ("
            + writeFailure(cache).orElse(message)
            + "). It is unpacked to "
            + cache
            + ": that folder must be writable, have 15 MB free and allow programs to run. Name"
            + " another with the environment variable DJL_CACHE_DIR (on Spark also"
            + " spark.executorEnv.DJL_CACHE_DIR).",
        e);
  }

  /** Why nothing can be written to a folder; DJL keeps that to its log. */
  private static Optional<String> writeFailure(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, "write", ".test"));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }
}
