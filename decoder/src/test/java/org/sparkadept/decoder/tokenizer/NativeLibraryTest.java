package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.util.Ec2Utils;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyTokenizer;

/** The library is loaded once in a JVM, so what may go wrong is tried in JVMs of their own. */
class NativeLibraryTest {

  @TempDir Path directory;

  @Test
  void aCacheThatCannotBeWrittenIsToldWithTheRemedy() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    String answer = openIn(file.resolve("cache"));
    assertTrue(answer.startsWith("AdeptException: The native tokenizers library could"), answer);
    assertTrue(answer.contains(file.resolve("cache").resolve("tokenizers").toString()), answer);
    assertTrue(answer.contains("Not a directory"), answer);
    assertTrue(answer.contains("DJL_CACHE_DIR"), answer);
  }

  @Test
  void aSecondClassLoaderIsToldToShareTheFirst() throws Exception {
    String answer = openIn(directory.resolve("cache"), "twice");
    assertTrue(answer.contains("in use by another class loader of this JVM"), answer);
    assertTrue(answer.contains("spark.jars"), answer);
  }

  @Test
  void theLibraryIsUnpackedToTheCache() throws Exception {
    Path cache = directory.resolve("cache");
    assertEquals("opened", openIn(cache));
    assertTrue(Files.isDirectory(cache.resolve("tokenizers")));
  }

  @Test
  void loadingLeavesNoTraceInThisJvm() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader mine = thread.getContextClassLoader();
    ClassLoader blind = new ClassLoader(null) {};
    thread.setContextClassLoader(blind);
    try {
      NativeLibrary.load();
      assertSame(blind, thread.getContextClassLoader());
    } finally {
      thread.setContextClassLoader(mine);
    }
    assertNull(System.getProperty("RUST_FLAVOR"));
  }

  /** DJL notes when it last asked for the host's identity. */
  @Test
  void nobodyIsCalled() throws Exception {
    Path file = directory.resolve("tokenizer.json");
    TinyTokenizer.plain().write(file);
    TextTokenizer.open(file).close();
    Field lastCheckIn = Ec2Utils.class.getDeclaredField("lastCheckIn");
    lastCheckIn.setAccessible(true);
    assertEquals(0, lastCheckIn.getLong(null));
  }

  private String openIn(Path cache, String... more) throws Exception {
    TinyTokenizer.plain().write(directory.resolve("tokenizer.json"));
    Path answer = directory.resolve("answer");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Opening.class.getName());
    command.add(directory.resolve("tokenizer.json").toString());
    command.add(answer.toString());
    command.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile());
    builder.environment().keySet().removeIf(name -> name.matches("ENGINE_CACHE_DIR|RUST_.*"));
    builder.environment().put("DJL_CACHE_DIR", cache.toString());
    Process process = builder.start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), () -> log());
    return Files.readString(answer);
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /**
   * What the other JVM runs: opens the first argument, with a third one also by a second class
   * loader, and writes what came of it to the second.
   */
  static final class Opening {
    private Opening() {}

    public static void main(String[] arguments) throws Exception {
      Path tokenizer = Path.of(arguments[0]);
      String answer = "opened";
      try {
        TextTokenizer.open(tokenizer).close();
        if (arguments.length > 2) {
          openInAnotherLoader(tokenizer);
        }
      } catch (AdeptException e) {
        answer = "AdeptException: " + e.getMessage();
      } catch (InvocationTargetException e) {
        answer = e.getCause().getMessage();
      }
      Files.writeString(Path.of(arguments[1]), answer);
    }

    private static void openInAnotherLoader(Path tokenizer) throws Exception {
      List<URL> urls = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
      ClassLoader platform = ClassLoader.getPlatformClassLoader();
      try (URLClassLoader second = new URLClassLoader(urls.toArray(URL[]::new), platform)) {
        Class<?> type = Class.forName(TextTokenizer.class.getName(), true, second);
        type.getMethod("open", Path.class).invoke(null, tokenizer);
      }
    }
  }
}
