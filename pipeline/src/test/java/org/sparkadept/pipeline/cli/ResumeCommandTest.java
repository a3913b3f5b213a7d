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
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

class ResumeCommandTest {
  private static final int ROWS = 60;
  private static final String FILE_PART = "spark.sql.files.maxPartitionBytes";

  @TempDir private static Path shared;
  private static Path model;

  @TempDir private Path folder;
  private final SparkSession spark = TestSpark.session();
  private Path input;
  private Path output;

  @BeforeAll
  static void writeModel() throws IOException {
    model = TestModel.write(shared);
  }

  @BeforeEach
  void writeInput() {
    input = folder.resolve("in");
    output = folder.resolve("out");
    spark
        .range(0, ROWS, 1, 2)
        .selectExpr("id", "if(id % 10 = 9, null, concat('text number ', id div 2)) text")
        .write()
        .parquet(input.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "json", "csv", "orc", "arrow"})
  void aFinishedRunsAnswersAreTakenOverAndNewRowsClassified(String format) {
    CommandRun first = resume("--output-format", format);
    spark
        .sql("select 1000L id, 'a new one' text union all select 1001L id, 'text number 3' text")
        .write()
        .mode(SaveMode.Append)
        .parquet(input.toString());

    CommandRun second = resume("--output-format", format);

    assertEquals(0, first.code(), first.err());
    assertEquals(0, second.code(), second.err());
    // 54 rows had an answer, and the new row 1001 has the text of one of them.
    assertTrue(second.out().contains("taken over              55"), second.out());
    assertTrue(second.out().contains("NULL                     6"), second.out());
    assertEquals(List.of("in", "out"), names());
    if (format.equals("parquet")) {
      assertEquals(wholeRun(), answers());
    }
  }

  @Test
  void anotherPolicyTakesNothingOver() {
    resume();

    CommandRun other = resume("--policy", "none");
    CommandRun overwrite = resume("--policy", "none", "--mode", "overwrite");

    assertEquals(5, other.code(), "the output is another run's, and stays");
    assertEquals(0, overwrite.code(), overwrite.err());
    assertFalse(overwrite.out().contains("taken over"), overwrite.out());
  }

  @Test
  void whatAFailedRunHadDoneIsTakenOver() {
    // A file for each task, the largest first: when this one's only row fails the job, for it has
    // no text that can be scored, one of the two tasks before it is done.
    spark
        .sql("select 2000L id, '' text")
        .coalesce(1)
        .write()
        .mode(SaveMode.Append)
        .parquet(input.toString());

    spark.conf().set(FILE_PART, 4096);
    CommandRun failed = resume("--on-error", "failfast", "--partitions", "0");
    spark.conf().unset(FILE_PART);
    List<String> left = names();
    CommandRun next = resume();

    assertEquals(4, failed.code(), failed.err());
    assertEquals(2, left.size(), "the input, and what the run had done: " + left);
    assertFalse(left.contains("out"));
    assertTrue(next.out().contains("taken over"), next.out());
    assertEquals(0, next.code(), next.err());
    assertEquals(List.of("in", "out"), names());
    assertEquals(wholeRun(), answers());
  }

  @Test
  void aKilledRunIsResumed() throws Exception {
    Path killed = folder.resolve(".out.adept-killed");
    resume();
    // What a kill leaves: the files of the tasks that were done, and those of one that was not.
    Path done = Files.createDirectories(killed.resolve("_temporary/0/task_1"));
    Path cut = Files.createDirectories(killed.resolve("_temporary/0/_temporary/attempt_2"));
    Files.move(output.resolve("_adept.json"), killed.resolve("_adept.json"));
    List<Path> parts = new ArrayList<>();
    try (Stream<Path> files = Files.list(output)) {
      files.filter(file -> file.getFileName().toString().startsWith("part-")).forEach(parts::add);
    }
    Files.move(parts.get(0), done.resolve(parts.get(0).getFileName()));
    Files.writeString(cut.resolve("part-00009.parquet"), "cut off");
    FileUtil.fullyDelete(output.toFile());

    CommandRun next = resume();

    assertEquals(0, next.code(), next.err());
    assertTrue(next.out().contains("taken over"), next.out());
    assertEquals(List.of("in", "out"), names());
    assertEquals(wholeRun(), answers());
  }

  @Test
  void tablesAndOtherModesAreTurnedAway() {
    CommandRun table = resume("--output-format", "table");
    CommandRun append = resume("--mode", "append");

    assertEquals(3, table.code());
    assertTrue(table.err().contains("Only outputs of files can be resumed"), table.err());
    assertEquals(2, append.code());
  }

  private CommandRun resume(Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of("classify", "-i", input, "-o", output, "--model", model, "--resume"));
    args.addAll(Arrays.asList(more));
    return CommandRun.of(args.toArray());
  }

  private List<Row> answers() {
    return spark.read().parquet(output.toString()).orderBy("id").collectAsList();
  }

  /** The same input in a run of its own. */
  private List<Row> wholeRun() {
    Path whole = shared.resolve("whole-" + System.nanoTime());
    assertEquals(0, CommandRun.of("classify", "-i", input, "-o", whole, "--model", model).code());
    return spark.read().parquet(whole.toString()).orderBy("id").collectAsList();
  }

  /** Names in the folder, hidden ones too. */
  private List<String> names() {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
