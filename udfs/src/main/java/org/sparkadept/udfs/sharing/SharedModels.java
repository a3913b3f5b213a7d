package org.sparkadept.udfs.sharing;

import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * One loaded model for each model and set of compute options in this JVM, for all its class
 * loaders.
 *
 * <p>Java loads a native library for one class loader only, so one copy of this library loads the
 * models and serves all others. The first to need a model becomes the server, and its class loader
 * stays until the JVM ends. Spark closes the class loader of a session with the session; if that is
 * where the first copy comes from, the server is another copy, in a class loader that is never
 * closed ({@link SessionJars}). The server holds no reference to its clients but their open leases,
 * so a session's class loader can be collected when the session ends.
 */
public final class SharedModels {
  private static final Logger LOG = LoggerFactory.getLogger(SharedModels.class);
  private static final String SERVER = "host";

  private SharedModels() {}

  /**
   * Borrows a model; it is loaded if this JVM has not loaded it yet.
   *
   * @param compute where and in which precision it is computed
   * @param options how it answers
   * @throws AdeptException if the model cannot be loaded, or an option is unusable with it
   */
  public static LeasedClassifier borrow(
      ModelLocation model, ComputeOptions compute, ClassifierOptions options) {
    Function<byte[], Map<String, Object>> server = server();
    return server instanceof ModelServer
        ? LocalModels.borrow(model, compute).leasedClassifier(options)
        : RemoteClassifier.borrow(server, model, compute, options);
  }

  /** Whether the models of this JVM are loaded by this class's loader. */
  static boolean areLocal() {
    return server() instanceof ModelServer;
  }

  @SuppressWarnings("unchecked")
  private static Function<byte[], Map<String, Object>> server() {
    return (Function<byte[], Map<String, Object>>)
        JvmRegistry.map()
            .computeIfAbsent(
                SERVER,
                key ->
                    SessionJars.ofThisLoader()
                        .map(SharedModels::serverOutside)
                        .orElseGet(ModelServer::new));
  }

  private static Object serverOutside(SessionJars jars) {
    LOG.info("Models are loaded in a class loader of their own, since this one is a session's");
    try {
      return jars.persistentLoader()
          .loadClass(ModelServer.class.getName())
          .getDeclaredConstructor()
          .newInstance();
    } catch (IOException | ReflectiveOperationException e) {
      throw new AdeptException(
          "The jars of this session could not be loaded a second time (" + e + ").", e);
    }
  }
}
