package org.sparkadept.udfs.classify;

import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * One decoder for each model and set of options in this JVM, whichever class loader asks.
 *
 * <p>Java loads a native library for one class loader only, so one copy of this library is the
 * host, which loads the models, and all others borrow from it. The first that asks is the host and
 * stays it, with its loader, until the JVM ends. A session's own loader does not: Spark closes it
 * with the session. There the host is a copy in a loader that nobody closes ({@link
 * SessionArchives}). The host knows nothing of its borrowers but their open loans, so a session's
 * loader goes when its session does.
 */
public final class SharedClassifiers {
  private static final Logger LOG = LoggerFactory.getLogger(SharedClassifiers.class);
  private static final String HOST = "host";

  private SharedClassifiers() {}

  /**
   * Borrows a model; it is loaded if this JVM has not yet.
   *
   * @throws org.sparkadept.decoder.error.AdeptException if the model cannot be loaded
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
        JvmWide.map()
            .computeIfAbsent(
                HOST,
                key ->
                    SessionArchives.ofThisLoader()
                        .map(SharedClassifiers::hostOf)
                        .orElseGet(EngineHost::new));
  }

  private static Object hostOf(SessionArchives archives) {
    LOG.info("Models are loaded in a class loader of their own, since this one is a session's");
    try {
      return archives
          .lastingLoader()
          .loadClass(EngineHost.class.getName())
          .getDeclaredConstructor()
          .newInstance();
    } catch (IOException | ReflectiveOperationException e) {
      throw new AdeptException(
          "The archives of this session could not be loaded a second time (" + e + ").", e);
    }
  }
}
