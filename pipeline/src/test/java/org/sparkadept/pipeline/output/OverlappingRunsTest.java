package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

/**
 * Incremental runs of one checkpoint, two or three at once, in JVMs of their own, some of them
 * killed: every row is in the output once. {@code -Dadept.test.starts=200} starts more of them.
 */
class OverlappingRunsTest extends CommandTest {
  private static final int STARTS = Integer.getInteger("adept.test.starts", 5);
  private static final int FILES_PER_ROUND = 8;
  private static final int ROWS_PER_FILE = 10;
  private static final int MAX_DELAY_MILLIS = 5_000;
  private static final int MIN_LIFE_MILLIS = 4_000;
  private static final int MAX_LIFE_MILLIS = 16_000;
  private static final int SIGKILL = 137;
  private static final int REFUSED = 5;

  private int rows;

  @Test
  void everyRowIsThereOnce(TestReporter reporter) throws Exception {
    Random random = TestSeed.random();
    int refused = 0;
    int killed = 0;
    for (int started = 0; started < STARTS; ) {
      addFiles();
      List<Callable<Integer>> jobs = new ArrayList<>();
      int together = 2 + random.nextInt(2);
      for (int job = 0; job < together; job++) {
        Path log = folder.resolve("log-" + started++);
        int delay = random.nextInt(MAX_DELAY_MILLIS);
        int life =
            random.nextInt(3) == 0
                ? MIN_LIFE_MILLIS + random.nextInt(MAX_LIFE_MILLIS - MIN_LIFE_MILLIS)
                : Integer.MAX_VALUE;
        jobs.add(() -> run(log, delay, life));
      }
      for (int code : codes(jobs)) {
        refused += code == REFUSED ? 1 : 0;
        killed += code == SIGKILL ? 1 : 0;
      }
      Dataset<Row> table = Files.exists(output) ? result() : null;
      if (table != null) {
        assertEquals(table.count(), table.select("id").distinct().count(), "no row twice");
      }
    }
    Path log = folder.resolve("log-last");
    assertEquals(0, run(log, 0, Integer.MAX_VALUE), () -> read(log));
    assertEquals(rows, result().count());
    assertEquals(rows, result().select("id").distinct().count());
    assertEquals(List.of(), names(folder, ".out"), "no staging folder is left");
    reporter.publishEntry(
        String.format("%d starts at least, %d refused, %d killed", STARTS, refused, killed));
  }

  private void addFiles() {
    for (int file = 0; file < FILES_PER_ROUND; file++) {
      addRows(texts(rows, ROWS_PER_FILE).coalesce(1));
      rows += ROWS_PER_FILE;
    }
  }

  private static List<Integer> codes(List<Callable<Integer>> jobs) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(jobs.size());
    try {
      List<Integer> codes = new ArrayList<>();
      for (Future<Integer> done : pool.invokeAll(jobs)) {
        codes.add(done.get());
      }
      return codes;
    } finally {
      pool.shutdownNow();
    }
  }

  private int run(Path log, int delay, int life) throws Exception {
    Thread.sleep(delay);
    ProcessBuilder command =
        CommandRun.inOwnJvm(
                "-Xmx512m",
                "classify",
                "--input=" + input,
                "--output=" + output,
                "--model=" + model,
                "--incremental",
                "--checkpoint=" + folder.resolve("checkpoint"),
                "--read-option=maxFilesPerTrigger=1",
                "--master=local[1]",
                "--backend=reference",
                "--quiet")
            .redirectOutput(log.toFile());
    Process run = command.start();
    if (!run.waitFor(life, TimeUnit.MILLISECONDS)) {
      run.destroyForcibly();
    }
    int code = run.waitFor();
    String said = read(log);
    assertTrue(List.of(0, REFUSED, SIGKILL).contains(code), () -> code + ": " + said);
    if (code == REFUSED) {
      assertTrue(said.contains("is in use by another run: process "), said);
    }
    return code;
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
