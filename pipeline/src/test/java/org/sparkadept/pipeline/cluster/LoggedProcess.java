package org.sparkadept.pipeline.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkadept.decoder.fixture.Await;

/**
 * A process that writes all it prints to a file.
 *
 * @param process the process
 * @param log the file
 */
public record LoggedProcess(Process process, Path log) implements AutoCloseable {
  private static final long GRACE_SECONDS = 20;

  /** Starts a process. */
  public static LoggedProcess start(ProcessBuilder builder, Path log) throws IOException {
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new LoggedProcess(builder.start(), log);
  }

  /** What it has printed. */
  public String printed() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it prints something, and gives the pattern's first group. */
  public String await(String pattern) throws InterruptedException {
    Pattern compiled = Pattern.compile(pattern);
    return Await.value(
        pattern + " in " + log,
        () -> {
          boolean ended = !process.isAlive();
          Matcher matcher = compiled.matcher(printed());
          if (matcher.find()) {
            return Optional.of(matcher.group(1));
          }
          if (ended) {
            throw new AssertionError(log + " ends without " + pattern + ":\n" + printed());
          }
          return Optional.empty();
        });
  }

  /** Waits for its end. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      close();
      throw new AssertionError("still running, with\n" + printed());
    }
    return process.exitValue();
  }

  /** Ends it with SIGKILL, and what it has started with it. */
  void kill() throws InterruptedException {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.waitFor();
  }

  /** Ends it, and what it has started, if they run. */
  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }
}
