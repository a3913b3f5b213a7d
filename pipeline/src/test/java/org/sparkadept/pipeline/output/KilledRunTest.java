package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

/** Runs that are killed while they write, in JVMs of their own. */
class KilledRunTest extends CommandTest {
  private Process run;

  @BeforeEach
  void writeInput() {
    // Short to write, but many minutes of work.
    addRows(
        spark.range(0, 400_000, 1, 4).selectExpr("concat(id, repeat(' a long text', 20)) text"));
  }

  @AfterEach
  void end() {
    run.destroyForcibly();
  }

  @Test
  void aSigkillLeavesNothingThatLooksWholeAndTheNextRunIsFree() throws Exception {
    run = start("errorifexists");
    awaitStaged();

    run.destroyForcibly().waitFor();

    assertFalse(Files.exists(output));
    for (String name : names(folder)) {
      assertTrue(List.of("in", "log").contains(name) || name.startsWith("."), name);
    }
    Path small = folder.resolve("small");
    spark.sql("select 'x' text").write().parquet(small.toString());
    classify("--input", small).assertOk();
    assertEquals(1, result().count());
  }

  @Test
  void aSigtermRemovesTheStagedFilesAndTheOldDataSurvive() throws Exception {
    Files.createDirectory(output);
    Files.writeString(output.resolve("kept"), "old data");
    run = start("overwrite");
    awaitStaged();

    run.destroy();

    assertTrue(run.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertNotEquals(0, run.exitValue());
    assertEquals(List.of("in", "log", "out"), names(folder));
    assertEquals("old data", Files.readString(output.resolve("kept")));
  }

  private Process start(String mode) throws IOException {
    return CommandRun.inOwnJvm(
            "-Xmx512m",
            "classify",
            "--input=" + input,
            "--output=" + output,
            "--model=" + model,
            "--mode=" + mode,
            "--master=local[2]",
            "--backend=reference")
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  /** Waits until a task writes into the staging folder. */
  private void awaitStaged() throws Exception {
    Await.until("files of a task", () -> !run.isAlive() || hasStaged());
    assertTrue(run.isAlive(), Files.readString(folder.resolve("log")));
  }

  private boolean hasStaged() {
    return names(folder, ".out.adept-").stream().anyMatch(name -> hasPart(folder.resolve(name)));
  }

  private static boolean hasPart(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("part-"));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }
}
