package org.sparkadept.udfs.classify;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.sparkadept.decoder.error.AdeptException;

/**
 * The archives that one session has brought: Spark closes their loader and deletes them when the
 * session ends.
 *
 * @param loader the session's
 * @param root the folder of Spark's files, in which each session has a folder of its own
 */
record SessionArchives(URLClassLoader loader, Path root) {

  /** Those that this class was loaded from, if a session brought it. */
  static Optional<SessionArchives> ofThisLoader() {
    CodeSource source = SessionArchives.class.getProtectionDomain().getCodeSource();
    if (SparkEnv.get() == null
        || source == null
        || !(SessionArchives.class.getClassLoader() instanceof URLClassLoader loader)) {
      return Optional.empty();
    }
    try {
      Path root = Path.of(SparkFiles.getRootDirectory()).toRealPath();
      SessionArchives archives = new SessionArchives(loader, root);
      return archives.owns(source.getLocation()) ? Optional.of(archives) : Optional.empty();
    } catch (IOException e) {
      throw new AdeptException("The folder of Spark's files cannot be read: " + e, e);
    }
  }

  /** Whether an archive lies in a folder of a session. */
  private boolean owns(URL archive) throws IOException {
    if (!archive.getProtocol().equals("file")) {
      return false;
    }
    Path path = path(archive).toRealPath();
    return path.startsWith(root) && !path.getParent().equals(root);
  }

  private static Path path(URL url) {
    return Path.of(URI.create(url.toString()));
  }

  /** A loader of the same classes, from copies of the archives, that stays until the JVM ends. */
  URLClassLoader lastingLoader() throws IOException {
    Path folder = Files.createTempDirectory("adept-archives");
    folder.toFile().deleteOnExit();
    List<URL> lasting = new ArrayList<>();
    for (URL archive : loader.getURLs()) {
      if (owns(archive)) {
        Path copy = folder.resolve(lasting.size() + ".jar");
        Files.copy(path(archive), copy);
        copy.toFile().deleteOnExit();
        lasting.add(copy.toUri().toURL());
      } else {
        lasting.add(archive);
      }
    }
    return newLoader(lasting.toArray(new URL[0]), loader.getParent());
  }

  /**
   * Makes a loader that knows nothing of this one. Until Java 24 it would keep the protection
   * domains of all code that it was made from, and with them this class and the session's loader;
   * so a thread of a fork-join pool makes it, which runs code of the JDK alone.
   */
  private static URLClassLoader newLoader(URL[] archives, ClassLoader parent) throws IOException {
    ForkJoinPool elsewhere = new ForkJoinPool(1);
    try {
      MethodHandle constructor =
          MethodHandles.publicLookup()
              .findConstructor(
                  URLClassLoader.class,
                  MethodType.methodType(void.class, URL[].class, ClassLoader.class));
      Callable<?> making =
          MethodHandleProxies.asInterfaceInstance(
              Callable.class, MethodHandles.insertArguments(constructor, 0, archives, parent));
      return (URLClassLoader) elsewhere.submit(making).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | ReflectiveOperationException e) {
      throw new IOException(e);
    } finally {
      elsewhere.shutdown();
    }
  }
}
