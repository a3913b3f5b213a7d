package org.sparkadept.udfs.sharing;

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
 * The jars that were added to one session: Spark closes their class loader and deletes them when
 * the session ends.
 *
 * @param loader the session's
 * @param root the folder of Spark's files, in which each session has a folder of its own
 */
record SessionJars(URLClassLoader loader, Path root) {

  /** The jars that this class was loaded from, if they were added to a session. */
  static Optional<SessionJars> ofThisLoader() {
    CodeSource source = SessionJars.class.getProtectionDomain().getCodeSource();
    if (SparkEnv.get() == null
        || source == null
        || !(SessionJars.class.getClassLoader() instanceof URLClassLoader loader)) {
      return Optional.empty();
    }
    try {
      Path root = Path.of(SparkFiles.getRootDirectory()).toRealPath();
      SessionJars jars = new SessionJars(loader, root);
      return jars.owns(source.getLocation()) ? Optional.of(jars) : Optional.empty();
    } catch (IOException e) {
      throw new AdeptException("The folder of Spark's files cannot be read: " + e, e);
    }
  }

  /** Whether a jar is in a folder of a session. */
  private boolean owns(URL jar) throws IOException {
    if (!jar.getProtocol().equals("file")) {
      return false;
    }
    Path path = path(jar).toRealPath();
    return path.startsWith(root) && !path.getParent().equals(root);
  }

  private static Path path(URL url) {
    return Path.of(URI.create(url.toString()));
  }

  /** A class loader of copies of the jars, which stays open until the JVM ends. */
  URLClassLoader persistentLoader() throws IOException {
    Path folder = Files.createTempDirectory("adept-jars");
    folder.toFile().deleteOnExit();
    List<URL> copies = new ArrayList<>();
    for (URL jar : loader.getURLs()) {
      if (owns(jar)) {
        Path copy = folder.resolve(copies.size() + ".jar");
        Files.copy(path(jar), copy);
        copy.toFile().deleteOnExit();
        copies.add(copy.toUri().toURL());
      } else {
        copies.add(jar);
      }
    }
    return newLoader(copies.toArray(new URL[0]), loader.getParent());
  }

  /**
   * Makes a class loader without a reference to this one. Until Java 24 it would keep the
   * protection domains of all code that it was made from, and with them this class and the
   * session's loader; so a thread of a fork-join pool makes it, which runs code of the JDK only.
   */
  private static URLClassLoader newLoader(URL[] jars, ClassLoader parent) throws IOException {
    ForkJoinPool pool = new ForkJoinPool(1);
    try {
      MethodHandle constructor =
          MethodHandles.publicLookup()
              .findConstructor(
                  URLClassLoader.class,
                  MethodType.methodType(void.class, URL[].class, ClassLoader.class));
      Callable<?> construction =
          MethodHandleProxies.asInterfaceInstance(
              Callable.class, MethodHandles.insertArguments(constructor, 0, jars, parent));
      return (URLClassLoader) pool.submit(construction).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | ReflectiveOperationException e) {
      throw new IOException(e);
    } finally {
      pool.shutdown();
    }
  }
}
