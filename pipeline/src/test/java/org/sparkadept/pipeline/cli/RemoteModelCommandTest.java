package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.MountTable;

/** Commands with a model that is not on a file system of this machine. */
class RemoteModelCommandTest extends CommandTest {
  private MountTable far;

  @BeforeEach
  void mountModelAndWriteRows() {
    far = MountTable.of(spark, "model", model);
    addRows(texts(0, 30).selectExpr("id", "text", "if(id % 2 = 0, 'no', 'yes') truth"));
  }

  @AfterEach
  void unmount() {
    far.close();
  }

  private CommandRun run(String command, Object model, Object... more) {
    List<Object> args = new ArrayList<>(List.of(command, "--model", model));
    args.addAll(List.of("--conf", "spark.adept.model.cacheDir=" + folder.resolve("cache")));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  @Test
  void classifyAnswersAsWithTheLocalCopy() throws Exception {
    Path here = folder.resolve("here");
    Path there = folder.resolve("there");

    run("classify", model, "-i", input, "-o", here).assertOk();
    run("classify", far.uri(), "-i", input, "-o", there).assertOk();

    assertEquals(rows(here), rows(there));
    try (Stream<Path> cached = Files.list(folder.resolve("cache"))) {
      assertEquals(1, cached.filter(Files::isDirectory).count());
    }
  }

  @Test
  void aCheckpointKnowsTheModelByItsContent() {
    Object[] increment = {
      "-i", input, "-o", output, "--incremental", "--checkpoint", folder.resolve("checkpoint")
    };

    run("classify", model, increment).assertOk();
    run("classify", far.uri(), increment).assertOk("rows                     0");
  }

  @Test
  void evaluateAndExplainTakeItAndNameItAsItWasNamed() throws Exception {
    Path report = folder.resolve("report");

    run("evaluate", far.uri(), "-i", input, "--label-column", "truth", "--report", report)
        .assertOk();
    run("explain", far.uri(), "--text", "some text", "--report", report).assertOk();

    for (String page : List.of("evaluation.json", "explanation.json")) {
      assertTrue(Files.readString(report.resolve(page)).contains(far.uri()), page);
    }
  }

  @Test
  void inspectTakesIt() {
    CommandRun.of("inspect", far.uri()).assertOk(far.uri());
  }

  @Test
  void itIsNotChangedInPlace() throws Exception {
    String before = Files.readString(model.resolve("adept.json"));
    run("calibrate", far.uri(), "-i", input, "--in-place", "--max-disagreement", "0.5")
        .assertFails(3, far.uri(), "--output");
    assertEquals(before, Files.readString(model.resolve("adept.json")));
  }

  @Test
  void modelsAreNotWrittenToUris() {
    Object[] elsewhere = {"-i", input, "-o", "hdfs://host/new", "--max-disagreement", "0.5"};

    run("calibrate", far.uri(), elsewhere).assertFails(5, "is a URI");

    assertFalse(Files.exists(Path.of("hdfs:")));
  }

  @Test
  void whatCannotBeReadEndsTheCommandBeforeSparkStarts() {
    CommandRun run = run("classify", "viewfs://far/nothing", "-i", input, "-o", output);

    run.assertFails(3, "viewfs://far/nothing");
    assertFalse(run.err().contains("starting Spark"), run.err());
  }
}
