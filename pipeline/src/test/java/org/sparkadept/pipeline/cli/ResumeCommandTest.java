package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.output.FolderLease;

class ResumeCommandTest extends CommandTest {
  private static final int ROWS = 60;
  private static final String FILE_PART = "spark.sql.files.maxPartitionBytes";

  @BeforeEach
  void writeInput() {
    addRows(
        spark
            .range(0, ROWS, 1, 2)
            .selectExpr("id", "if(id % 10 = 9, null, concat('text number ', id div 2)) text"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "json", "csv", "orc", "arrow"})
  void aFinishedRunsAnswersAreTakenOverAndNewRowsClassified(String format) {
    CommandRun first = resume("--output-format", format);
    addRows("select 1000L id, 'a new one' text union all select 1001L id, 'text number 3' text");

    CommandRun second = resume("--output-format", format);

    first.assertOk();
    second.assertOk();
    // 54 rows had an answer, and the new row 1001 has the text of one of them.
    second.assertOk("reused                  55", "NULL                     6");
    assertEquals(List.of("in", "out"), names(folder));
    if (format.equals("parquet")) {
      assertTheAnswersOfOneRun();
    }
  }

  @Test
  void anotherPolicyTakesNothingOver() {
    resume();

    CommandRun other = resume("--policy", "none");
    CommandRun overwrite = resume("--policy", "none", "--mode", "overwrite");

    assertEquals(5, other.code(), "the output is another run's, and stays");
    overwrite.assertOk();
    assertFalse(overwrite.out().contains("reused"), overwrite.out());
  }

  @Test
  void rowsThatWereAppendedAreNotTakenForTheSameModels() {
    resume().assertOk();
    addRows("select 500L id, 'text number 500' text");
    classify("--policy", "none", "--mode", "append").assertOk();

    resume().assertFails(5, "exists");
    CommandRun overwrite = resume("--mode", "overwrite");
    overwrite.assertOk();
    assertFalse(overwrite.out().contains("reused"), overwrite.out());
  }

  @Test
  void onlyDeadLettersOfTheSameJobAreReplaced() {
    addRows("select 2000L id, '' text");
    Path dead = folder.resolve("dead");
    resume("--dead-letters", dead).assertOk();
    resume("--dead-letters", dead).assertOk("reused");
    assertEquals(1, spark.read().parquet(dead.toString()).count());
    Path other = folder.resolve("other");
    spark.range(3).write().parquet(other.toString());

    resume("--dead-letters", other).assertFails(5, "is not of an earlier run with --resume");
    assertEquals(3, spark.read().parquet(other.toString()).count());
  }

  @Test
  void rowsWithoutALabelKeepTheirScores() {
    resume("--min-score", "1").assertOk("abstained");
    CommandRun again = resume("--min-score", "1");
    CommandRun other = resume("--min-score", "0.5", "--mode", "overwrite");

    again.assertOk("reused");
    assertFalse(again.out().contains("abstained"), again.out());
    other.assertOk();
    assertFalse(other.out().contains("reused"), other.out());
  }

  @Test
  void whatARunThatGoesOnHasDoneIsNotTouched() {
    addRows(spark.sql("select 2000L id, '' text").coalesce(1));
    spark.conf().set(FILE_PART, 4096);
    resume("--on-error", "failfast", "--partitions", "0").assertFails(4);
    spark.conf().unset(FILE_PART);
    String left = names(folder, ".out").get(0);
    org.apache.hadoop.fs.Path staging = new org.apache.hadoop.fs.Path(folder.resolve(left).toUri());
    try (FolderLease lease =
        FolderLease.acquire("The folder", staging, "other", new Configuration())) {
      CommandRun meanwhile = resume();

      meanwhile.assertOk();
      assertFalse(meanwhile.out().contains("reused"), meanwhile.out());
      lease.check();
    }
    assertEquals(List.of(left), names(folder, ".out"));
    resume().assertOk("reused");
    assertEquals(List.of("in", "out"), names(folder));
  }

  @Test
  void whatAFailedRunHadDoneIsTakenOver() {
    // A file for each task, the largest first: when this one's only row fails the job, for it has
    // no text that can be scored, one of the two tasks before it is done.
    addRows(spark.sql("select 2000L id, '' text").coalesce(1));

    spark.conf().set(FILE_PART, 4096);
    CommandRun failed = resume("--on-error", "failfast", "--partitions", "0");
    spark.conf().unset(FILE_PART);
    List<String> left = names(folder);
    CommandRun next = resume();

    failed.assertFails(4);
    assertEquals(2, left.size(), "the input, and what the run had done: " + left);
    assertFalse(left.contains("out"));
    next.assertOk("reused");
    assertEquals(List.of("in", "out"), names(folder));
    assertTheAnswersOfOneRun();
  }

  @Test
  void aKilledRunIsResumed() throws Exception {
    Path killed = folder.resolve(".out.adept-killed");
    resume();
    // What a kill leaves: the files of the tasks that were done, and those of one that was not.
    Path done = Files.createDirectories(killed.resolve("_temporary/0/task_1"));
    Path cut = Files.createDirectories(killed.resolve("_temporary/0/_temporary/attempt_2"));
    Files.move(output.resolve("_adept.json"), killed.resolve("_adept.json"));
    String part = names(output, "part-").get(0);
    Files.move(output.resolve(part), done.resolve(part));
    Files.writeString(cut.resolve("part-00009.parquet"), "cut off");
    FileUtil.fullyDelete(output.toFile());

    resume().assertOk("reused");
    assertEquals(List.of("in", "out"), names(folder));
    assertTheAnswersOfOneRun();
  }

  @Test
  void tablesAndOtherModesAreTurnedAway() {
    CommandRun table = resume("--output-format", "table");
    CommandRun append = resume("--mode", "append");

    table.assertFails(3, "--resume needs a file output");
    append.assertFails(2);
  }

  private CommandRun resume(Object... more) {
    List<Object> args = new ArrayList<>(List.of("--resume"));
    args.addAll(List.of(more));
    return classify(args.toArray());
  }

  private void assertTheAnswersOfOneRun() {
    Path whole = folder.resolve("whole");
    classify("-o", whole).assertOk();
    assertEquals(rows(whole), rows(output));
  }
}
