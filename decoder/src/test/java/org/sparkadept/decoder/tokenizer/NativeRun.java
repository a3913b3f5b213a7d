package org.sparkadept.decoder.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Gives a file to the native library as it is, in a JVM of its own: what happens without any check.
 */
final class NativeRun {
  private static final int DEADLINE_SECONDS = 20;

  private NativeRun() {}

  /**
   * Loads a tokenizer, encodes texts and closes it.
   *
   * @return how the JVM ended: {@code 0} with or without a Java exception, {@code 134} for an
   *     abort, {@code -1} where it was stopped after 20 seconds
   */
  static int end(Path folder, String json, List<String> texts) throws Exception {
    Path file = Files.writeString(folder.resolve("native.json"), json);
    List<String> command = new ArrayList<>();
    Collections.addAll(
        command,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m",
        "-XX:-CreateCoredumpOnCrash",
        "-XX:ErrorFile=" + folder.resolve("native.err"),
        "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        NativeRun.class.getName(),
        file.toString());
    for (int i = 0; i < texts.size(); i++) {
      command.add(Files.writeString(folder.resolve("native" + i), texts.get(i)).toString());
    }
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("native.log").toFile())
            .start();
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      return -1;
    }
    return process.exitValue();
  }

  /** What the other JVM runs. */
  public static void main(String[] arguments) throws Exception {
    try (NativeTokenizer tokenizer = new NativeTokenizer(Files.readString(Path.of(arguments[0])))) {
      Stream.of(arguments).skip(1).forEach(text -> encode(tokenizer, Path.of(text)));
    } catch (RuntimeException e) {
      // The library's own refusal.
    }
  }

  private static void encode(NativeTokenizer tokenizer, Path text) {
    try {
      tokenizer.encode(Files.readString(text));
    } catch (Exception e) {
      // The same.
    }
  }
}
