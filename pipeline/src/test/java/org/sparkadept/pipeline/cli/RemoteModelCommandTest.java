package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.MountTable;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

/** Commands with a model that is not on a file system of this machine. */
class RemoteModelCommandTest {
  private final SparkSession spark = TestSpark.session();

  @TempDir private Path folder;
  private Path model;
  private MountTable far;
  private Path input;

  @BeforeEach
  void writeModelAndRows() throws Exception {
    model = TestModel.write(folder);
    far = MountTable.of(spark, "model", model);
    input = folder.resolve("in");
    spark
        .range(0, 30, 1, 2)
        .selectExpr("id", "concat('text number ', id) text", "if(id % 2 = 0, 'no', 'yes') truth")
        .write()
        .parquet(input.toString());
  }

  @AfterEach
  void unmount() {
    far.close();
  }

  private CommandRun run(String command, String model, Object... more) {
    List<Object> args = new ArrayList<>(List.of(command, "--model", model));
    args.addAll(List.of("--conf", "spark.adept.model.cacheDir=" + folder.resolve("cache")));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  private List<Row> rows(Path output) {
    return spark.read().parquet(output.toString()).orderBy("id").collectAsList();
  }

  @Test
  void classifyAnswersAsWithTheLocalCopy() throws Exception {
    Path here = folder.resolve("here");
    Path there = folder.resolve("there");
    CommandRun local = run("classify", model.toString(), "-i", input, "-o", here);
    CommandRun remote = run("classify", far.uri(), "-i", input, "-o", there);

    assertEquals(0, local.code(), local.err());
    assertEquals(0, remote.code(), remote.err());
    assertEquals(rows(here), rows(there));
    try (Stream<Path> cached = Files.list(folder.resolve("cache"))) {
      assertEquals(1, cached.filter(Files::isDirectory).count());
    }
  }

  @Test
  void aCheckpointKnowsTheModelByItsContent() {
    Object[] increment = {
      "-i",
      input,
      "-o",
      folder.resolve("out"),
      "--incremental",
      "--checkpoint",
      folder.resolve("checkpoint")
    };
    CommandRun local = run("classify", model.toString(), increment);
    CommandRun remote = run("classify", far.uri(), increment);

    assertEquals(0, local.code(), local.err());
    assertEquals(0, remote.code(), remote.err());
    assertTrue(remote.out().contains("rows                     0"), remote.out());
  }

  @Test
  void evaluateAndExplainTakeItAndNameItAsItWasNamed() throws Exception {
    Path report = folder.resolve("report");
    CommandRun evaluated =
        run("evaluate", far.uri(), "-i", input, "--label-column", "truth", "--report", report);
    CommandRun explained = run("explain", far.uri(), "--text", "some text", "--report", report);

    assertEquals(0, evaluated.code(), evaluated.err());
    assertEquals(0, explained.code(), explained.err());
    for (String page : List.of("evaluation.json", "explanation.json")) {
      assertTrue(Files.readString(report.resolve(page)).contains(far.uri()), page);
    }
  }

  @Test
  void inspectTakesIt() {
    CommandRun run = CommandRun.of("inspect", far.uri());

    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains(far.uri()), run.out());
  }

  @Test
  void itIsNotChangedInPlace() throws Exception {
    String before = Files.readString(model.resolve("adept.json"));
    CommandRun run =
        run("calibrate", far.uri(), "-i", input, "--in-place", "--max-disagreement", "0.5");

    assertEquals(3, run.code(), run.err());
    assertTrue(run.err().contains(far.uri()), run.err());
    assertTrue(run.err().contains("--output"), run.err());
    assertEquals(before, Files.readString(model.resolve("adept.json")));
  }

  @Test
  void modelsAreNotWrittenToUris() {
    CommandRun run =
        run(
            "calibrate",
            far.uri(),
            "-i",
            input,
            "--output",
            "hdfs://host/new",
            "--max-disagreement",
            "0.5");

    assertEquals(5, run.code(), run.err());
    assertTrue(run.err().contains("is a URI"), run.err());
    assertFalse(Files.exists(Path.of("hdfs:")));
  }

  @Test
  void whatCannotBeReadEndsTheCommandBeforeSparkStarts() {
    CommandRun run =
        run("classify", "viewfs://far/nothing", "-i", input, "-o", folder.resolve("out"));

    assertEquals(3, run.code(), run.err());
    assertTrue(run.err().contains("viewfs://far/nothing"), run.err());
    assertFalse(run.err().contains("starting Spark"), run.err());
  }
}
