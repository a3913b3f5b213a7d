package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

/** What an incremental run refuses, since the output could not be read afterwards. */
class IncrementalInputTest extends CommandTest {
  private Path checkpoint;

  @BeforeEach
  void nameCheckpoint() throws IOException {
    checkpoint = folder.resolve("checkpoint");
    Files.createDirectory(input);
  }

  @Test
  void aColumnOfAnotherTypeIsRefusedAndItsFileNamed() throws IOException {
    json("1.json", "{'id':1,'text':'one'}");
    incremental("--input-format", "json").assertOk();
    json("2.json", "{'id':2,'text':'two'}");
    json("3.json", "{'id':'x3','text':'three'}");

    CommandRun run = incremental("--input-format", "json");

    run.assertFails(3, "column id: expected BIGINT, found STRING", "3.json");
    assertEquals(List.of(1L), ids());
    Files.delete(input.resolve("3.json"));
    incremental("--input-format", "json").assertOk();
    assertEquals(List.of(1L, 2L), ids());
  }

  @Test
  void aNewColumnIsRefusedAndAMissingOneIsNull() throws IOException {
    json("1.json", "{'id':1,'text':'one','more':'a'}");
    incremental("--input-format", "json").assertOk();
    Files.delete(input.resolve("1.json"));
    json("2.json", "{'id':2,'text':'two'}");
    incremental("--input-format", "json").assertOk();
    json("3.json", "{'id':3,'text':'three','extra':true}");

    incremental("--input-format", "json").assertFails(3, "column extra is new");
    assertEquals(List.of(1L, 2L), ids());
    assertEquals(1, result().where("more is null").count());
  }

  @Test
  void filesMayBeOldAndHaveNamesLikePatterns() throws IOException {
    json("1.json", "{'id':1,'text':'one'}");
    incremental("--input-format", "json").assertOk();
    json("[2].json", "{'id':2,'text':'two'}");
    Files.setLastModifiedTime(
        input.resolve("[2].json"), FileTime.from(Instant.now().minus(Duration.ofDays(90))));

    incremental("--input-format", "json").assertOk();
    assertEquals(List.of(1L, 2L), ids());
  }

  @Test
  void aLineThatIsNotJsonIsToldAsSuch() throws IOException {
    json("1.json", "{'id':1,'text':'one'}");
    incremental("--input-format", "json").assertOk();
    json("2.json", "{'id':2,'text':");

    incremental("--input-format", "json").assertFails(3, "2.json", "a line that is not json");
    assertEquals(List.of(1L), ids());
  }

  @Test
  void aFileOfTheFirstRunThatDiffersDoesNotMakeACheckpoint() {
    addRows("select 1L id, 'one' text");
    addRows("select 'x2' id, 'two' text");
    incremental("--format", "parquet").assertFails(3, "/part-", "column id: expected");
    FileUtil.fullyDelete(input.toFile());
    addRows("select 1L id, 'one' text, true extra");

    incremental("--format", "parquet").assertOk();
  }

  @Test
  void everyParquetFileIsLookedAt() {
    addRows("select 1L id, 'one' text");
    incremental("--format", "parquet").assertOk();
    addRows("select 2L id, 'two' text");
    addRows("select 3L id, 'three' text, true extra");
    addRows("select 4L id, 'four' text");

    incremental("--format", "parquet").assertFails(3, "/part-", "column extra is new");
    assertEquals(List.of(1L), ids());
  }

  @Test
  void aParquetFileMayLackColumnsButNotTheText() {
    addRows("select 1L id, 'one' text, true extra");
    incremental("--format", "parquet").assertOk();
    addRows("select 2L id, 'two' text");
    incremental("--format", "parquet").assertOk();
    addRows("select 3L id, true extra");

    incremental("--format", "parquet").assertFails(3, "column text is missing");
    assertEquals(List.of(1L, 2L), ids());
    assertEquals(1, result().where("extra is null").count());
  }

  @Test
  void aCsvColumnWithoutValuesFitsAndOneWithOthersDoesNot() throws IOException {
    Object[] csv = {"--input-format", "csv", "--read-option", "inferSchema=true"};
    Files.writeString(input.resolve("1.csv"), "id,text,n\n1,one,7\n");
    incremental(csv).assertOk();
    Files.writeString(input.resolve("2.csv"), "id,text,n\n2,two,\n");
    incremental(csv).assertOk();
    Files.writeString(input.resolve("3.csv"), "id,text,n\n3,three,many\n");
    incremental(csv).assertFails(3, "3.csv", "column n: expected INT, found STRING");
    Files.writeString(input.resolve("3.csv"), "id,n,text\n3,1,three\n");
    incremental(csv).assertFails(3, "expected the columns id, text, n, found id, n, text");
    assertEquals(2, result().count());
  }

  @Test
  void aPartitionValueOfAnotherTypeIsRefused() throws IOException {
    partition("2026-01-01", 1);
    partition("2026-01-02", 2);
    incremental("--input-format", "json", "--partition-by", "dt").assertOk();
    partition("foo", 3);

    incremental("--input-format", "json", "--partition-by", "dt")
        .assertFails(3, "'foo' to data type \"DATE\" for partition column `dt`");
    assertEquals(List.of(1L, 2L), ids());
    assertEquals(List.of("dt=2026-01-01", "dt=2026-01-02"), names(output, "dt="));
  }

  @Test
  void anotherFormatPrefixOrPartitionIsRefused() throws IOException {
    json("1.json", "{'id':1,'text':'one'}");
    incremental("--input-format", "json").assertOk();

    incremental("--input-format", "json", "--output-format", "orc")
        .assertFails(3, "output format was parquet and is orc");
    incremental("--input-format", "json", "--output-prefix", "p_")
        .assertFails(3, "output prefix was '' and is p_");
    incremental("--input-format", "json", "--partition-by", "label")
        .assertFails(3, "partition columns was '' and is label");
    assertEquals(List.of(1L), ids());
  }

  @Test
  void theSamePlacesWrittenInOtherWaysAreTheSameJob() throws IOException {
    json("1.json", "{'id':1,'text':'one'}");
    incremental("--input-format", "json").assertOk();
    json("2.json", "{'id':2,'text':'two'}");

    incremental("--input-format", "json", "-i", input + "/", "-o", "file://" + output).assertOk();
    Path here = Path.of("").toAbsolutePath();
    incremental("--input-format", "json", "-i", here.relativize(input), "-o", output + "/")
        .assertOk();
    assertEquals(List.of(1L, 2L), ids());
  }

  @Test
  void theSchemaOfTheInputMayBeGiven() throws IOException {
    String ddl = "id STRING, text STRING";
    json("1.json", "{'id':1,'text':'one','more':2}");
    incremental("--input-format", "json", "--input-schema", ddl).assertOk();
    json("2.json", "{'id':'x2','text':'two'}");

    incremental("--input-format", "json", "--input-schema", ddl).assertOk();
    incremental("--input-format", "json", "--input-schema", ddl + ", n INT")
        .assertFails(3, "--input-schema was id STRING, text STRING and is");
    List<Row> rows = result().orderBy("id").select("id").collectAsList();
    assertEquals(List.of("1", "x2"), rows.stream().map(row -> row.getString(0)).toList());
  }

  @Test
  void anOutputThatIsGoneIsNotBegunAnew() throws IOException {
    json("1.json", "{'id':1,'text':'one'}");
    incremental("--input-format", "json").assertOk();
    json("2.json", "{'id':2,'text':'two'}");
    deleteRecursively(output);

    incremental("--input-format", "json").assertFails(3, "is not there any more");
    assertTrue(Files.notExists(output));
  }

  @Test
  void aDamagedCheckpointIsNamed() throws IOException {
    json("1.json", "{'id':1,'text':'one'}");
    incremental("--input-format", "json").assertOk();
    Files.writeString(checkpoint.resolve("adept.json"), "{\"input\": ");
    Files.deleteIfExists(checkpoint.resolve(".adept.json.crc"));

    incremental("--input-format", "json").assertFails(3, "checkpoint/adept.json is damaged");
  }

  @Test
  void aLogOfSparkThatIsDamagedIsNamed() throws IOException {
    json("1.json", "{'id':1,'text':'one'}");
    incremental("--input-format", "json").assertOk();
    for (String log : List.of("offsets/0", "commits/0", "metadata", "sources/0/0")) {
      Path file = checkpoint.resolve(log);
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, new byte[0]);
      Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
      json("2.json", "{'id':2,'text':'two'}");

      CommandRun run = incremental("--input-format", "json");

      assertEquals(3, run.code(), log + ": " + run.err());
      assertTrue(run.err().contains(log), log + ": " + run.err());
      Files.write(file, whole);
    }
  }

  @Test
  void aSourceLogThatIsCutOffIsNamed() throws IOException {
    json("1.json", "{'id':1,'text':'one'}");
    incremental("--input-format", "json").assertOk();
    Path log = checkpoint.resolve("sources/0/0");
    Files.writeString(log, Files.readString(log).replaceAll("}$", ""));
    Files.deleteIfExists(checkpoint.resolve("sources/0/.0.crc"));

    incremental("--input-format", "json").assertFails(3, "sources/0/0 is damaged");
  }

  @Test
  void placesInsideOfEachOtherAreRefusedBeforeAnythingIsRead() {
    classify("--dead-letters", output).assertFails(3, "--dead-letters", "must not be the same as");
    classify("--dead-letters", output.resolve("dead")).assertFails(3, "inside of --output");
    incremental("-o", input.resolve("out")).assertFails(3, "inside of --input");
    CommandRun.of(
            "classify",
            "-i",
            input,
            "-o",
            output,
            "--model",
            model,
            "--incremental",
            "--checkpoint",
            output.resolve("checkpoint"))
        .assertFails(3, "inside of --output");
  }

  @Test
  void whatIsAppendedMustFitWhatIsThere() throws IOException {
    json("1.json", "{'id':1,'text':'one'}");
    classify("--input-format", "json").assertOk();
    json("1.json", "{'id':'x1','text':'one'}");

    classify("--input-format", "json", "--mode", "append")
        .assertFails(5, "column id: expected STRING, found BIGINT");
    classify("--input-format", "json", "--output-format", "csv", "--mode", "append")
        .assertFails(5, "expected format csv, found parquet");
    classify("--input-format", "json", "--output-prefix", "p_", "--mode", "append")
        .assertFails(5, "column p_label is missing", "column label is new");
    classify("--input-format", "json", "--partition-by", "label", "--mode", "append")
        .assertFails(5, "expected partitions by label, found no partition columns");
    assertEquals(List.of(1L), ids());
  }

  @Test
  void whatFitsIsAppendedInEveryFormat() {
    Path rows = folder.resolve("rows");
    Path flat = folder.resolve("flat");
    spark
        .sql(
            "select 1L id, 'one' Text, cast(null as date) when, 1.5D x, 1.50BD money, 1S small,"
                + " 2Y tiny, map('a', 1) counts,"
                + " array(named_struct('t', timestamp'2026-01-31 00:00:00')) list")
        .write()
        .parquet(rows.toString());
    spark.read().parquet(rows.toString()).drop("counts", "list").write().parquet(flat.toString());
    for (String format : List.of("parquet", "orc", "json", "arrow", "csv")) {
      Path out = folder.resolve("out-" + format);
      Path in = format.equals("csv") ? flat : rows;
      for (int i = 0; i < 3; i++) {
        classify("-i", in, "--output-format", format, "-o", out, "--mode", "append").assertOk();
      }
      Dataset<Row> all = spark.read().option("header", "true").format(format).load(out.toString());
      assertEquals(3, all.count(), format);
    }
  }

  private void json(String name, String row) throws IOException {
    Files.writeString(input.resolve(name), row.replace('\'', '"') + "\n");
  }

  private void partition(String date, int id) throws IOException {
    Files.createDirectories(input.resolve("dt=" + date));
    json("dt=" + date + "/1.json", "{'id':" + id + ",'text':'text'}");
  }

  private List<Long> ids() {
    return result().orderBy("id").select("id").collectAsList().stream()
        .map(row -> row.getLong(0))
        .toList();
  }

  private static void deleteRecursively(Path directory) throws IOException {
    FileUtil.fullyDelete(directory.toFile());
    assertTrue(Files.notExists(directory));
  }

  private CommandRun incremental(Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of("--incremental", "--checkpoint", checkpoint, "--output-format", "parquet"));
    if (List.of(more).contains("--output-format")) {
      args = new ArrayList<>(List.of("--incremental", "--checkpoint", checkpoint));
    }
    args.addAll(List.of(more));
    return classify(args.toArray());
  }
}
