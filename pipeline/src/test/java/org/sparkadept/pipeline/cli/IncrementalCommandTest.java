package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

class IncrementalCommandTest {
  private static final int ROWS = 20;

  @TempDir private static Path shared;
  private static Path model;

  @TempDir private Path folder;
  private final SparkSession spark = TestSpark.session();
  private Path input;
  private Path output;
  private Path checkpoint;

  @BeforeAll
  static void writeModel() throws IOException {
    model = TestModel.write(shared);
  }

  @BeforeEach
  void writeInput() {
    input = folder.resolve("in");
    output = folder.resolve("out");
    checkpoint = folder.resolve("checkpoint");
    addRows(0);
  }

  private void addRows(long first) {
    spark
        .range(first, first + ROWS, 1, 2)
        .selectExpr("id", "concat('text number ', id) text")
        .write()
        .mode(SaveMode.Append)
        .parquet(input.toString());
  }

  @Test
  void everyRunAddsWhatIsNew() {
    CommandRun first = incremental();
    List<Row> afterFirst = answers();
    CommandRun nothingNew = incremental();
    List<Row> afterSecond = answers();
    addRows(ROWS);
    CommandRun more = incremental();

    assertEquals(0, first.code(), first.err());
    assertEquals(ROWS, afterFirst.size());
    assertEquals(0, nothingNew.code(), nothingNew.err());
    assertTrue(nothingNew.out().contains("rows                     0"), nothingNew.out());
    assertEquals(afterFirst, afterSecond);
    assertEquals(0, more.code(), more.err());
    assertTrue(more.out().contains("rows                    20"), more.out());
    assertEquals(2 * ROWS, answers().size());
    Path whole = folder.resolve("whole");
    assertEquals(
        0,
        CommandRun.of("classify", "-i", input, "-o", whole, "--model", model).code(),
        "the same rows in one run");
    assertEquals(spark.read().parquet(whole.toString()).orderBy("id").collectAsList(), answers());
  }

  @Test
  void aBatchThatWasKilledAfterItsFilesWereInPlaceIsNotThereTwice() throws IOException {
    incremental("--read-option", "maxFilesPerTrigger=1");
    List<Row> before = answers();
    Path lastCommit = checkpoint.resolve("commits/1");
    assertTrue(Files.exists(lastCommit), "two files, two batches");
    // What a kill leaves that strikes before Spark has noted the end of the batch.
    Files.delete(lastCommit);
    Files.deleteIfExists(checkpoint.resolve("commits/.1.crc"));

    CommandRun again = incremental("--read-option", "maxFilesPerTrigger=1");

    assertEquals(0, again.code(), again.err());
    assertTrue(Files.exists(lastCommit));
    assertEquals(before, answers());
  }

  @Test
  void aKilledBatchsStagedFilesAreReplaced() throws IOException {
    incremental();
    String batch;
    try (Stream<Path> files = Files.list(output)) {
      batch =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("batch-"))
              .findFirst()
              .orElseThrow();
    }
    String query = batch.split("-")[1];
    Path left = Files.createDirectory(folder.resolve(".out.adept-batch-" + query + "-000001"));
    Files.writeString(left.resolve("part-0.parquet"), "cut off");
    addRows(ROWS);

    CommandRun next = incremental();

    assertEquals(0, next.code(), next.err());
    assertEquals(2 * ROWS, answers().size());
    assertFalse(Files.exists(left));
  }

  @Test
  void theCheckpointOfAnotherModelIsTurnedAway() throws IOException {
    incremental();
    Path other =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .seed(5)
            .write(Files.createDirectory(folder.resolve("other")));

    CommandRun run = incremental("--model", other);
    CommandRun threshold = incremental("--policy", "none");

    assertEquals(3, run.code());
    assertTrue(run.err().contains("belongs to another job: model was sha256:"), run.err());
    assertEquals(3, threshold.code());
    assertTrue(threshold.err().contains("spark.adept.exit.policy was model and is none"));
    assertEquals(ROWS, answers().size());
  }

  @Test
  void aFolderThatIsNoCheckpointIsTurnedAway() throws IOException {
    Files.createDirectory(checkpoint);
    Files.writeString(checkpoint.resolve("notes.txt"), "mine");

    CommandRun run = incremental();

    assertEquals(3, run.code());
    assertTrue(run.err().contains("no checkpoint of this program"), run.err());
  }

  @Test
  void tablesTakeTheRowsByTheirOwnSink() {
    spark.sql("drop table if exists incremental_answers");

    CommandRun first = incremental("-o", "incremental_answers", "--output-format", "table");
    addRows(ROWS);
    CommandRun second = incremental("-o", "incremental_answers", "--output-format", "table");

    assertEquals(0, first.code(), first.err());
    assertEquals(0, second.code(), second.err());
    assertEquals(
        2 * ROWS, spark.table("incremental_answers").where("label is not null").distinct().count());
    spark.sql("drop table incremental_answers");
  }

  @Test
  void rowsWithAnErrorGoToTheDeadLettersBatchByBatch() {
    Path dead = folder.resolve("dead");
    incremental("--dead-letters", dead);
    spark
        .sql("select 100L id, '' text union all select 101L id, 'fine' text")
        .write()
        .mode(SaveMode.Append)
        .parquet(input.toString());

    CommandRun run = incremental("--dead-letters", dead);

    assertEquals(0, run.code(), run.err());
    assertEquals(ROWS + 1, answers().size());
    List<Row> letters = spark.read().parquet(dead.toString()).collectAsList();
    assertEquals(1, letters.size());
    assertEquals(100L, letters.get(0).<Long>getAs("id"));
    assertFalse(letters.get(0).<String>getAs("error").isBlank());
  }

  @Test
  void theOptionsGoTogether() {
    CommandRun alone = CommandRun.of("classify", "-i", input, "-o", output, "--incremental");
    CommandRun overwrite = incremental("--mode", "overwrite");
    CommandRun jdbc = incremental("--input-format", "jdbc");

    assertEquals(2, alone.code());
    assertTrue(alone.err().contains("--checkpoint DIR go together"), alone.err());
    assertEquals(2, overwrite.code());
    assertEquals(3, jdbc.code());
    assertTrue(jdbc.err().contains("does not tell what is new"), jdbc.err());
  }

  private CommandRun incremental(Object... more) {
    List<Object> given = Arrays.asList(more);
    List<Object> args = new ArrayList<>(List.of("classify", "-i", input));
    if (!given.contains("-o")) {
      args.addAll(List.of("-o", output));
    }
    if (!given.contains("--model")) {
      args.addAll(List.of("--model", model));
    }
    args.addAll(List.of("--incremental", "--checkpoint", checkpoint));
    args.addAll(given);
    return CommandRun.of(args.toArray());
  }

  private List<Row> answers() {
    return spark.read().parquet(output.toString()).orderBy("id").collectAsList();
  }
}
