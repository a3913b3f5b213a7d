package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

/** {@code --summary} and {@code --report}: places that cannot be written, and runs that fail. */
class SummaryTest extends CommandTest {
  private static final int ROWS = 50;

  private Path file;

  @BeforeEach
  void writeInput() throws IOException {
    addRows(texts(0, ROWS));
    file = Files.createFile(folder.resolve("file"));
  }

  @Test
  void placesThatCannotBeWrittenAreFoundBeforeTheWork() {
    classify("--summary", file.resolve("summary.json")).assertFails(5, "summary", "file");
    classify("--summary", folder).assertFails(5, "it is a folder. Name a file.");
    classify("--summary", "hdfs:///x/summary.json").assertFails(5, "it is a URI.");
    classify("--summary", "").assertFails(5, "it is a folder. Name a file.");
    for (String command : List.of("evaluate", "calibrate", "fit", "explain")) {
      CommandRun.of(arguments(command)).assertFails(5, "report", "file");
    }

    assertEquals(List.of("file", "in"), names(folder));
  }

  private Object[] arguments(String command) {
    List<Object> more =
        Map.<String, List<Object>>of(
                "evaluate", List.of("-l", "id"),
                "calibrate", List.of("-l", "id", "--max-disagreement", 0.1, "-o", output),
                "fit", List.of("-l", "id", "-o", output),
                "explain", List.of())
            .get(command);
    List<Object> all = new ArrayList<>();
    all.addAll(List.of(command, "-i", input, "--model", model, "--report", file.resolve("r")));
    all.addAll(more);
    return all.toArray();
  }

  @Test
  void countsOfAFailedRunAreMarkedAsPartOfThem() throws IOException {
    Path summary = folder.resolve("summary.json");
    addRows("select 1000L id, '' text");

    classify("--on-error", "failfast", "--summary", summary).assertFails(4);
    JsonNode failed = JsonEdit.read(summary);
    classify("--summary", summary).assertOk();
    JsonNode succeeded = JsonEdit.read(summary);
    classify("--summary", summary, "--mode", "ignore").assertOk();
    JsonNode skipped = JsonEdit.read(summary);

    assertFalse(failed.get("complete").asBoolean());
    assertTrue(failed.path("rows").path("total").asInt() < ROWS + 1);
    assertTrue(succeeded.get("complete").asBoolean());
    assertEquals(ROWS + 1, succeeded.path("rows").path("total").asInt());
    assertEquals(2, succeeded.get("cores").asInt());
    double idle = succeeded.get("idle_share").asDouble(-1);
    assertTrue(idle >= 0 && idle < 1, "idle share " + idle);
    assertTrue(skipped.get("complete").asBoolean());
  }

  /** Written to a path that the run itself makes a folder of. */
  @Test
  void aSummaryThatIsLostInTheEndDoesNotHideHowTheRunEnded() {
    Path checkpoint = folder.resolve("checkpoint");
    String lost = "The summary cannot be written to ";

    CommandRun succeeded = classify("--summary", output);

    succeeded.assertFails(
        5, "adept: The output is complete, but not the summary. " + lost + output);
    assertEquals(ROWS, result().count());

    addRows("select 1000L id, '' text");
    CommandRun failed =
        classify(
            "--summary",
            checkpoint,
            "--incremental",
            "--checkpoint",
            checkpoint,
            "--on-error",
            "failfast");

    failed.assertFails(4, "adept: " + lost + checkpoint);
    assertTrue(failed.err().lines().toList().get(2).contains("cannot be scored"), failed.err());
  }

  @Test
  void theSummaryMayBeInTheOutput() throws IOException {
    Path summary = output.resolve("_summary.json");

    classify("--summary", summary).assertOk();

    assertTrue(JsonEdit.read(summary).get("complete").asBoolean());
    assertEquals(ROWS, result().count());
  }
}
