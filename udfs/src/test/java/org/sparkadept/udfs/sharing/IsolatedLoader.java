package org.sparkadept.udfs.sharing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * A second copy of our classes and of all that we bundle, as an isolated session of Spark has it;
 * Spark, Arrow and the JDK are this loader's.
 */
final class IsolatedLoader {
  private static final Pattern BUNDLED =
      Pattern.compile("(org\\.sparkadept|ai\\.djl|org\\.bytedeco|com\\.sun\\.jna)\\..*");
  private static final Pattern BUNDLED_FILE =
      Pattern.compile(
          ".*/(target/(test-)?classes|adept-[^/]*\\.jar|(ai/djl|org/bytedeco|net/java/dev/jna)/.*)");

  private IsolatedLoader() {}

  static URLClassLoader open() {
    return open(classPath());
  }

  static URLClassLoader open(List<Path> classPath) {
    return new URLClassLoader(
        classPath.stream().map(IsolatedLoader::url).toArray(URL[]::new), new SparkOnly());
  }

  /** What of this JVM's class path is ours or bundled with it. */
  static List<Path> classPath() {
    List<Path> parts = new ArrayList<>();
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String part : all.split(Pattern.quote(File.pathSeparator))) {
      if (BUNDLED_FILE.matcher(part).matches() && Files.exists(Path.of(part))) {
        parts.add(Path.of(part));
      }
    }
    return parts;
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The {@link IsolatedTask} of a loader. */
  @SuppressWarnings("unchecked")
  static BiFunction<byte[], List<String>, List<String>> task(ClassLoader loader) throws Exception {
    Class<?> type = loader.loadClass(IsolatedTask.class.getName());
    return (BiFunction<byte[], List<String>, List<String>>)
        type.getDeclaredConstructor().newInstance();
  }

  private static final class SparkOnly extends ClassLoader {
    SparkOnly() {
      super(IsolatedLoader.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (BUNDLED.matcher(name).matches()) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }
}
