package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.TestModel;

class IncrementalCommandTest extends CommandTest {
  private static final int ROWS = 20;

  private Path checkpoint;

  @BeforeEach
  void writeInput() {
    checkpoint = folder.resolve("checkpoint");
    addRows(texts(0, ROWS));
  }

  @Test
  void everyRunAddsWhatIsNew() {
    incremental().assertOk();
    List<Row> afterFirst = rows(output);
    assertEquals(ROWS, afterFirst.size());
    incremental().assertOk("rows                     0");
    assertEquals(afterFirst, rows(output));
    addRows(texts(ROWS, ROWS));
    incremental().assertOk("rows                    20");
    assertEquals(2 * ROWS, rows(output).size());
    Path whole = folder.resolve("whole");
    classify("-o", whole).assertOk();
    assertEquals(rows(whole), rows(output), "the same rows in one run");
  }

  @Test
  void aBatchThatWasKilledAfterItsFilesWereInPlaceIsNotThereTwice() throws IOException {
    incremental("--read-option", "maxFilesPerTrigger=1");
    List<Row> before = rows(output);
    Path lastCommit = checkpoint.resolve("commits/1");
    assertTrue(Files.exists(lastCommit), "two files, two batches");
    // What a kill leaves that strikes before Spark has noted the end of the batch.
    Files.delete(lastCommit);
    Files.deleteIfExists(checkpoint.resolve("commits/.1.crc"));

    incremental("--read-option", "maxFilesPerTrigger=1").assertOk();
    assertTrue(Files.exists(lastCommit));
    assertEquals(before, rows(output));
  }

  @Test
  void aKilledBatchsStagedFilesAreReplaced() throws IOException {
    incremental();
    String batch = names(output, "batch-").get(0);
    String query = batch.split("-")[1];
    Path left =
        Files.createDirectory(folder.resolve(".out.adept-batch-" + query + "-000001-killed"));
    Files.writeString(left.resolve("part-0.parquet"), "cut off");
    addRows(texts(ROWS, ROWS));

    incremental().assertOk();
    assertEquals(2 * ROWS, rows(output).size());
    assertFalse(Files.exists(left));
  }

  @Test
  void theCheckpointOfAnotherModelIsTurnedAway() throws IOException {
    incremental();
    Path other = TestModel.checkpoint().seed(5).write(folder.resolve("other"));

    CommandRun run = incremental("--model", other);
    CommandRun threshold = incremental("--policy", "none");

    run.assertFails(3, "differs from this job: model was sha256:");
    threshold.assertFails(3, "spark.adept.exit.policy was model and is none");
    assertEquals(ROWS, rows(output).size());
  }

  @Test
  void aFolderThatIsNoCheckpointIsTurnedAway() throws IOException {
    Files.createDirectory(checkpoint);
    Files.writeString(checkpoint.resolve("notes.txt"), "mine");

    incremental().assertFails(3, "is not a spark-adept checkpoint");
  }

  @Test
  void tablesTakeTheRowsByTheirOwnSink() {
    spark.sql("drop table if exists incremental_answers");

    CommandRun first = incremental("-o", "incremental_answers", "--output-format", "table");
    addRows(texts(ROWS, ROWS));
    CommandRun second = incremental("-o", "incremental_answers", "--output-format", "table");

    first.assertOk();
    second.assertOk();
    assertEquals(
        2 * ROWS, spark.table("incremental_answers").where("label is not null").distinct().count());
    spark.sql("drop table incremental_answers");
  }

  @Test
  void rowsWithAnErrorGoToTheDeadLettersBatchByBatch() {
    Path dead = folder.resolve("dead");
    incremental("--dead-letters", dead);
    addRows("select 100L id, '' text union all select 101L id, 'fine' text");

    incremental("--dead-letters", dead).assertOk();
    assertEquals(ROWS + 1, rows(output).size());
    List<Row> letters = spark.read().parquet(dead.toString()).collectAsList();
    assertEquals(1, letters.size());
    assertEquals(100L, letters.get(0).<Long>getAs("id"));
    assertFalse(letters.get(0).<String>getAs("error").isBlank());
  }

  @Test
  void rowsWithALowScoreGoToTheReviewBatchByBatch() {
    Path review = folder.resolve("review");
    incremental("--min-score", "1", "--review", review).assertOk();
    addRows(texts(ROWS, ROWS));

    incremental("--min-score", "1", "--review", review).assertOk();
    assertEquals(0, rows(output).size());
    assertEquals(2 * ROWS, spark.read().parquet(review.toString()).count());
    incremental("--min-score", "1").assertFails(3, "review was file:");
    incremental("--min-score", "0.9", "--review", review)
        .assertFails(3, "spark.adept.output.minScore was 1 and is 0.9");
  }

  @Test
  void theOptionsGoTogether() {
    CommandRun alone = CommandRun.of("classify", "-i", input, "-o", output, "--incremental");
    CommandRun overwrite = incremental("--mode", "overwrite");
    CommandRun jdbc = incremental("--input-format", "jdbc");

    alone.assertFails(2, "--incremental needs --checkpoint DIR");
    overwrite.assertFails(2);
    jdbc.assertFails(3, "does not report which rows are new");
  }

  private CommandRun incremental(Object... more) {
    List<Object> args = new ArrayList<>(List.of("--incremental", "--checkpoint", checkpoint));
    args.addAll(List.of(more));
    return classify(args.toArray());
  }
}
