package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandTest;

class InputOptionsTest extends CommandTest {
  @Test
  void severalInputsAreOneTable() {
    Path more = folder.resolve("more");
    addRows(texts(0, 5));
    texts(5, 5).write().parquet(more.toString());

    classify("-i", input, "-i", more).assertOk("rows                    10");

    assertEquals(10, result().select("id").distinct().count());
  }

  @Test
  void inputsOfOtherColumnsAreRefused() {
    Path more = folder.resolve("more");
    addRows(texts(0, 5));
    spark.sql("select 'x' id, 'a' text, 1 extra").write().parquet(more.toString());

    classify("-i", input, "-i", more)
        .assertFails(
            3,
            "/more has other columns",
            "column id: expected BIGINT, found STRING",
            "extra is new");
    assertFalse(Files.exists(output));
  }

  @Test
  void severalInputsGrowTogether() {
    Path more = folder.resolve("more");
    addRows(texts(0, 5));
    texts(5, 5).write().parquet(more.toString());
    Object[] run = {
      "-i", input, "-i", more, "--incremental", "--checkpoint", folder.resolve("checkpoint")
    };
    classify(run).assertOk();
    texts(10, 3).write().mode("append").parquet(more.toString());

    classify(run).assertOk("rows                     3");
    assertEquals(13, result().select("id").distinct().count());
  }

  @Test
  void theTextMayBeAFieldOfAStruct() {
    addRows("select 1L id, named_struct('body', 'a text', 'n', 1) doc");
    addRows("select 2L id, named_struct('body', cast(null as string), 'n', 2) doc");

    classify("-t", "doc.body").assertOk("NULL");

    List<Row> rows = rows(output);
    assertEquals("a text", rows.get(0).getStruct(1).getString(0));
    assertFalse(rows.get(0).isNullAt(rows.get(0).fieldIndex("label")));
    assertEquals(true, rows.get(1).isNullAt(rows.get(1).fieldIndex("label")));
    classify("-t", "doc.n", "-o", folder.resolve("n")).assertFails(3, "must be STRING, but is INT");
    classify("-t", "doc.x", "-o", folder.resolve("x")).assertFails(3, "has no column 'doc.x'");
    classify("-t", "doc.body", "--resume", "-o", folder.resolve("again")).assertOk();
    classify("-t", "doc.body", "--resume", "-o", folder.resolve("again")).assertOk("reused");
  }

  @Test
  void theSchemaOfFilesMayBeGiven() throws IOException {
    Files.writeString(input, "{\"id\": 7, \"text\": \"a\", \"when\": \"2026-01-31\"}\n");

    classify("-f", "json", "--output-format", "parquet", "--input-schema", "text STRING, when DATE")
        .assertOk();

    assertEquals("2026-01-31", result().head().get(1).toString());
    assertEquals(-1, List.of(result().columns()).indexOf("id"));
    classify("-f", "json", "--input-schema", "text STRNG", "-o", folder.resolve("x"))
        .assertFails(3, "STRNG");
    classify("-f", "table", "-i", "t", "--input-schema", "text STRING", "-o", folder.resolve("x"))
        .assertFails(3, "--input-schema is for files");
  }

  @Test
  void theOutputMayBePartitioned() {
    addRows(
        "select id, concat('text ', id) text, date'2026-01-01' + cast(id % 2 as int) day"
            + " from range(10)");
    addRows("select 10L id, '' text, date'2026-01-01' day");
    Path dead = folder.resolve("dead");

    classify("--partition-by", "day,label", "--dead-letters", dead).assertOk();

    assertEquals(List.of("day=2026-01-01", "day=2026-01-02"), names(output, "day="));
    assertEquals(10, result().where("label is not null and text is not null").count());
    assertEquals(List.of("day=2026-01-01"), names(dead, "day="));
    classify("--partition-by", "day,label", "--dead-letters", dead, "--mode", "append").assertOk();
    assertEquals(20, result().count());
    assertEquals(2, spark.read().parquet(dead.toString()).count());
    classify("--partition-by", "nothing", "-o", folder.resolve("x")).assertFails(3, "nothing");
    classify("--partition-by", "label", "--resume", "-o", folder.resolve("x"))
        .assertFails(3, "--resume reads the column label");
  }

  @Test
  void deadLettersAreNotLostWithModeIgnore() {
    addRows("select 1L id, '' text");
    Path dead = folder.resolve("dead");
    spark.range(3).write().parquet(dead.toString());

    classify("--mode", "ignore", "--dead-letters", dead).assertFails(5, "of --dead-letters exists");
    assertFalse(Files.exists(output));
  }

  @Test
  void incrementalOutputMayBePartitioned() throws IOException {
    addRows("select id, concat('text ', id) text, id % 2 part from range(10)");
    Path checkpoint = folder.resolve("checkpoint");
    Object[] run = {"--partition-by", "part", "--incremental", "--checkpoint", checkpoint};
    classify(run).assertOk();
    // A kill after the files were put in place, and before Spark noted it.
    Files.delete(checkpoint.resolve("commits/0"));
    Files.deleteIfExists(checkpoint.resolve("commits/.0.crc"));

    classify(run).assertOk();
    assertEquals(10, result().count());
    assertEquals(List.of("part=0", "part=1"), names(output, "part="));
  }

  @Test
  void anEmptyFolderAndAnEmptyNameAreToldAsSuch() throws IOException {
    Files.createDirectory(input);

    classify().assertFails(3, "there is no file to find the columns in");
    classify("-i", "").assertFails(2, "--input must not be empty");
    classify("-o", "").assertFails(2, "--output must not be empty");
  }

  @Test
  void filesOfCsvWithOtherHeadersAreRefused() throws IOException {
    Files.createDirectory(input);
    Files.writeString(input.resolve("1.csv"), "id,text\n1,a\n");
    Files.writeString(input.resolve("2.csv"), "text,id\nb,2\n");

    classify("-f", "csv", "--output-format", "parquet")
        .assertFails(3, "CSV header does not conform to the schema", ".csv");
  }
}
