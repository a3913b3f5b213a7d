package org.sparkadept.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.sparkadept.pipeline.cli.AdeptCommand;

/**
 * A command that ran in this JVM.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it printed to standard error
 */
public record CommandRun(int code, String out, String err) {
  /** Short-lived JVMs on few cores: no time is spent on the better compiler and collector. */
  public static final List<String> FAST_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /** Runs a command. */
  public static CommandRun of(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        AdeptCommand.commandLine(new PrintWriter(out), new PrintWriter(err))
            .execute(Stream.of(args).map(Object::toString).toArray(String[]::new));
    return new CommandRun(code, out.toString(), err.toString());
  }

  /** Prepares a command in a JVM of its own, which mixes what it prints with what it logs. */
  public static ProcessBuilder inOwnJvm(String heap, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("..", "conf", "jvm-options"));
    command.addAll(FAST_START);
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    command.addAll(List.of(heap, "-cp", classPath, Adept.class.getName()));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  /** Checks that the command succeeded and printed all of these. */
  public CommandRun assertOk(String... printed) {
    assertEquals(0, code, err);
    for (String text : printed) {
      assertTrue(out.contains(text), () -> "«" + text + "» is not in: " + out);
    }
    return this;
  }

  /** Checks the exit code, and that standard error has all of these. */
  public CommandRun assertFails(int exitCode, String... said) {
    assertEquals(exitCode, code, err);
    for (String text : said) {
      assertTrue(err.contains(text), () -> "«" + text + "» is not in: " + err);
    }
    return this;
  }
}
