package org.sparkadept.udfs.classify;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * One decoder for each model and set of options in this JVM, whichever class loader asks.
 *
 * <p>Java loads a native library for one class loader only, so one copy of this library is the
 * host, which loads the models, and all others borrow from it. The first that asks is the host and
 * stays it, with its loader, until the JVM ends. A session's own loader does not: Spark closes it
 * with the session. There the host is a copy in a loader that nobody closes. The host knows nothing
 * of its borrowers but their open loans, so a session's loader goes when its session does.
 */
public final class SharedClassifiers {
  private static final Logger LOG = LoggerFactory.getLogger(SharedClassifiers.class);
  private static final String HOST = "host";

  private SharedClassifiers() {}

  /**
   * Borrows a model; it is loaded if this JVM has not yet.
   *
   * @throws org.sparkadept.decoder.AdeptException if the model cannot be loaded
   */
  public static TextClassifier acquire(ModelLocation model, DecoderOptions options) {
    Function<byte[], Map<String, Object>> host = host();
    return host instanceof EngineHost
        ? SharedDecoders.acquire(model, options)
        : GuestClassifier.open(host, model, options);
  }

  /** Whether the models of this JVM are loaded by this class's loader. */
  static boolean isHost() {
    return host() instanceof EngineHost;
  }

  @SuppressWarnings("unchecked")
  private static Function<byte[], Map<String, Object>> host() {
    return (Function<byte[], Map<String, Object>>)
        JvmWide.map().computeIfAbsent(HOST, key -> newHost());
  }

  private static Object newHost() {
    ClassLoader own = SharedClassifiers.class.getClassLoader();
    return own instanceof URLClassLoader loader && isOfOneSession()
        ? hostBeside(loader)
        : new EngineHost();
  }

  /** Whether our archive lies in a folder of its own among Spark's files, as a session's does. */
  private static boolean isOfOneSession() {
    CodeSource source = SharedClassifiers.class.getProtectionDomain().getCodeSource();
    if (SparkEnv.get() == null || source == null) {
      return false;
    }
    try {
      Path root = Path.of(SparkFiles.getRootDirectory()).toRealPath();
      Path archive = Path.of(source.getLocation().toURI()).toRealPath();
      return archive.startsWith(root) && !archive.getParent().equals(root);
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("The archive of this class cannot be found", e);
    }
  }

  /** A host of the same archives, in a loader that stays open. */
  static Object hostBeside(URLClassLoader session) {
    LOG.info("Models are loaded in a class loader of their own, since {} is a session's", session);
    URLClassLoader lasting = new URLClassLoader(session.getURLs(), session.getParent());
    try {
      return lasting.loadClass(EngineHost.class.getName()).getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("This library cannot be loaded a second time", e);
    }
  }
}
