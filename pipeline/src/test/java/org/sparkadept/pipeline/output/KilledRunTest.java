package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
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
    // One text many times: a small file, but many minutes of work.
    spark
        .range(0, 600_000, 1, 4)
        .selectExpr("repeat('a long text ', 20) text")
        .write()
        .parquet(input.toString());
  }

  @Test
  void aSigkillLeavesNothingThatLooksWholeAndTheNextRunIsFree() throws Exception {
    Path old = Files.createDirectory(folder.resolve("old"));
    Files.writeString(old.resolve("kept"), "old data");
    Process fresh = start(output, "errorifexists");
    Process overwriting = start(old, "overwrite");
    awaitStaged(fresh, output);
    awaitStaged(overwriting, old);
    fresh.destroyForcibly().waitFor();
    overwriting.destroyForcibly().waitFor();

    assertFalse(Files.exists(output));
    assertEquals("old data", Files.readString(old.resolve("kept")));
    for (Path entry : entries(folder)) {
      String name = entry.getFileName().toString();
      assertTrue(List.of("in", "model", "old", "log").contains(name) || name.startsWith("."), name);
    }

    Path small = folder.resolve("small");
    spark.sql("select 'x' text").write().parquet(small.toString());
    CommandRun next =
        CommandRun.of("classify", "--input", small, "--output", output, "--model", model);
    assertEquals(0, next.code(), next.err());
    assertEquals(1, spark.read().parquet(output.toString()).count());
  }

  @Test
  void aSigtermRemovesTheStagedFiles() throws Exception {
    Process run = start(output, "errorifexists");
    awaitStaged(run, output);

    run.destroy();

    assertTrue(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertFalse(run.exitValue() == 0);
    assertEquals(
        List.of("in", "log", "model"),
        entries(folder).stream().map(entry -> entry.getFileName().toString()).sorted().toList());
  }

  private Process start(Path target, String mode) throws IOException {
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
            target.toString(),
            "--model",
            model.toString(),
            "--mode",
            mode,
            "--master",
            "local[2]",
            "--backend",
            "reference")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  /** Waits until a task writes into the staging folder. */
  private void awaitStaged(Process run, Path target) throws Exception {
    String prefix = "." + target.getFileName() + ".adept-";
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline && run.isAlive()) {
      for (Path entry : entries(folder)) {
        if (entry.getFileName().toString().startsWith(prefix) && holdsPart(entry)) {
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
    } catch (IOException | java.io.UncheckedIOException e) {
      return false;
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }
}
