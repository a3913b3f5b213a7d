package org.sparkadept.pipeline.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.sparkadept.decoder.fixture.Await;

/**
 * A worker of a cluster, or all workers of a driver whose master is {@code local-cluster}.
 *
 * @param daemon its process; the executors are its children
 * @param directory its working directory, with {@code <application>/<executor>/stderr}
 */
public record Worker(LoggedProcess daemon, Path directory) {
  private static final Pattern TASK =
      Pattern.compile("(Running|Finished) task \\S+ in stage (\\d+)\\.\\d+ \\(TID (\\d+)\\)");

  /**
   * Tasks of one stage.
   *
   * @param stage the last stage that ran here; -1 for none
   * @param finished how many of its tasks have ended well
   * @param running how many run
   */
  public record Tasks(int stage, int finished, int running) {}

  /** Waits until it has finished a task of a job that writes, and is at another one. */
  public void awaitMidJob(LoggedProcess run, JobOutput output) throws InterruptedException {
    Await.until(
        "a job that is under way",
        () -> {
          assertTrue(run.process().isAlive(), run.printed());
          Tasks tasks = lastStage();
          return output.hasFinishedTasks() && tasks.finished() > 0 && tasks.running() > 0;
        });
  }

  /** What its executors have logged. */
  public String executorLog() {
    try (Stream<Path> files = Files.walk(directory, 3)) {
      StringBuilder text = new StringBuilder();
      for (Path file : files.filter(path -> path.endsWith("stderr")).sorted().toList()) {
        text.append(Files.readString(file));
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tasks of the last stage that its executors know. */
  public Tasks lastStage() {
    Map<Integer, Set<String>> finished = new HashMap<>();
    Map<Integer, Set<String>> started = new HashMap<>();
    int last = -1;
    Matcher task = TASK.matcher(executorLog());
    while (task.find()) {
      int stage = Integer.parseInt(task.group(2));
      last = Math.max(last, stage);
      (task.group(1).equals("Running") ? started : finished)
          .computeIfAbsent(stage, each -> new HashSet<>())
          .add(task.group(3));
    }
    int ended = finished.getOrDefault(last, Set.of()).size();
    return new Tasks(last, ended, started.getOrDefault(last, Set.of()).size() - ended);
  }

  /** The processes of its executors; Hadoop starts others, which change a file's permissions. */
  public List<ProcessHandle> executors() {
    return daemon
        .process()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("/java"))
        .toList();
  }

  /** Removes what applications that have ended left in its working directory: logs and jars. */
  public void forgetApplications() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        FileUtil.fullyDelete(entry.toFile());
      }
    }
  }
}
