package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.Adept;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

/** Runs that are killed while they write, in JVMs of their own. */
class KilledRunTest {
  private static final Duration PATIENCE = Duration.ofSeconds(180);

  @TempDir private Path folder;
  private final SparkSession spark = TestSpark.session();
  private Path model;
  private Path input;
  private Path output;

  @BeforeEach
  void writeInput() throws IOException {
    model = TestModel.write(folder);
    input = folder.resolve("in");
    output = folder.resolve("out");
    // Short to write, but many minutes of work.
    spark
        .range(0, 400_000, 1, 4)
        .selectExpr("concat(id, repeat(' a long text', 20)) text")
        .write()
        .parquet(input.toString());
  }

  @Test
  void aSigkillLeavesNothingThatLooksWholeAndTheNextRunIsFree() throws Exception {
    Process run = start("errorifexists");
    awaitStaged(run);

    run.destroyForcibly().waitFor();

    assertFalse(Files.exists(output));
    for (String name : names()) {
      assertTrue(List.of("in", "model", "log").contains(name) || name.startsWith("."), name);
    }
    Path small = folder.resolve("small");
    spark.sql("select 'x' text").write().parquet(small.toString());
    CommandRun next =
        CommandRun.of("classify", "--input", small, "--output", output, "--model", model);
    assertEquals(0, next.code(), next.err());
    assertEquals(1, spark.read().parquet(output.toString()).count());
  }

  @Test
  void aSigtermRemovesTheStagedFilesAndTheOldDataSurvive() throws Exception {
    Files.createDirectory(output);
    Files.writeString(output.resolve("kept"), "old data");
    Process run = start("overwrite");
    awaitStaged(run);

    run.destroy();

    assertTrue(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertNotEquals(0, run.exitValue());
    assertEquals(List.of("in", "log", "model", "out"), names());
    assertEquals("old data", Files.readString(output.resolve("kept")));
  }

  private Process start(String mode) throws IOException {
    Path options = Path.of("..", "conf", "jvm-options");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "@" + options,
            "-Xmx512m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Adept.class.getName(),
            "classify",
            "--input",
            input.toString(),
            "--output",
            output.toString(),
            "--model",
            model.toString(),
            "--mode",
            mode,
            "--master",
            "local[2]",
            "--backend",
            "reference")
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  /** Waits until a task writes into the staging folder. */
  private void awaitStaged(Process run) throws Exception {
    String prefix = ".out.adept-";
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline && run.isAlive()) {
      for (String name : names()) {
        if (name.startsWith(prefix) && holdsPart(folder.resolve(name))) {
          return;
        }
      }
      Thread.sleep(50);
    }
    run.destroyForcibly();
    throw new AssertionError("nothing was staged:\n" + Files.readString(folder.resolve("log")));
  }

  private static boolean holdsPart(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("part-"));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  /** Names in the folder, hidden ones too. */
  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
