package org.sparkadept.pipeline.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

/** Tables of Delta Lake and Iceberg, by the real libraries, in a JVM of their own. */
class LakeTablesIT {
  private static final int ROWS = 40;

  @TempDir private static Path folder;
  private static Path model;
  private static SparkSession spark;
  private static String call;

  /** Spark takes extensions and catalogs from its configuration, here as system properties. */
  @BeforeAll
  static void startSparkWithBoth() throws IOException {
    System.setProperty(
        "spark.sql.extensions",
        "io.delta.sql.DeltaSparkSessionExtension,"
            + "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
    System.setProperty(
        "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    System.setProperty("spark.databricks.delta.snapshotPartitions", "1");
    System.setProperty("spark.sql.catalog.ice", "org.apache.iceberg.spark.SparkCatalog");
    System.setProperty("spark.sql.catalog.ice.type", "hadoop");
    System.setProperty("spark.sql.catalog.ice.warehouse", folder.resolve("ice").toString());
    spark = TestSpark.session();
    model = TestModel.write(folder);
    call = "adept_classify(text, map('model', '" + model + "'))";
  }

  private static void assumeIceberg() {
    String version = spark.version();
    assumeTrue(version.startsWith("4.1."), "Iceberg has no release for Spark " + version);
  }

  private static String texts(int first) {
    return String.format(
        "select id, if(id %% 9 = 0, null, concat('text 🙂 ', id)) text from range(%d, %d)",
        first, first + ROWS);
  }

  @Test
  void deltaTablesByPath() {
    String input = folder.resolve("delta in").toString();
    String output = folder.resolve("delta out").toString();
    spark.sql(texts(0)).write().format("delta").save(input);

    CommandRun run = classify("-i", input, "-o", output, "--format", "delta");
    CommandRun again = classify("-i", input, "-o", output, "--format", "delta");
    CommandRun more = classify("-i", input, "-o", output, "--format", "delta", "-m", "append");

    run.assertOk();
    again.assertFails(5);
    more.assertOk();
    List<Row> twice = new ArrayList<>();
    answers(texts(0)).forEach(row -> twice.addAll(List.of(row, row)));
    assertEquals(twice, rows("delta.`" + output + "`"));
  }

  @Test
  void deltaTablesBySql() {
    String table = "delta.`" + folder.resolve("delta sql") + "`";
    spark.sql("create table " + table + " (id bigint, text string, label string) using delta");

    spark.sql(
        "insert into " + table + " select id, text, " + call + ".label from (" + texts(0) + ")");
    spark.sql(
        "merge into "
            + table
            + " t using (select id, text, "
            + call
            + ".label label from ("
            + texts(ROWS / 2)
            + ")) s on t.id = s.id when matched then update set label = upper(s.label)"
            + " when not matched then insert *");

    List<Row> labels =
        spark
            .sql(
                "select id, text, if(id >= 20 and id < 40, upper(r.label), r.label) label from"
                    + " (select id, text, "
                    + call
                    + " r from (select * from ("
                    + texts(0)
                    + ") union select * from ("
                    + texts(ROWS / 2)
                    + "))) order by id")
            .collectAsList();
    assertEquals(60, labels.size());
    assertEquals(labels, rows(table));
    for (String wrong :
        List.of(
            "update " + table + " set label = " + call + ".label",
            "merge into "
                + table
                + " t using ("
                + texts(0)
                + ") s on t.id = s.id when matched then update set label = "
                + call.replace("text,", "s.text,")
                + ".label")) {
      AnalysisException e = assertThrows(AnalysisException.class, () -> spark.sql(wrong));
      assertTrue(e.getMessage().contains("source of a MERGE"), e.getMessage());
    }
  }

  /** Tables keep these as text, and compute them row by row. */
  @Test
  void deltaTablesDoNotCallAModelThemselves() {
    String table = "delta.`" + folder.resolve("delta checked") + "`";
    spark.sql("create table " + table + " (id bigint, text string, label string) using delta");
    String check = "alter table " + table + " add constraint answered check (%s)";

    assertRefused(check.formatted(call + ".label = label"), "CHECK constraint", "INSERT INTO");
    assertRefused(check.formatted("id > 0 and upper(" + call + ".label) = 'NO'"), "row by row");
    assertRefused(
        "create table delta.`"
            + folder.resolve("delta generated")
            + "` (text string, label string generated always as ("
            + call
            + ".label)) using delta",
        "adept_classify");
    assertRefused(
        "create table delta.`"
            + folder.resolve("delta default")
            + "` (text string, label string default "
            + call.replace("text,", "'x',")
            + ".label) using delta",
        "DEFAULT value");
    assertRefused(
        "merge into "
            + table
            + " t using ("
            + texts(0)
            + ") s on "
            + call.replace("text,", "t.text,")
            + ".label = s.text"
            + " when matched then delete",
        "adept_classify");

    spark.sql(check.formatted("length(text) > 3 or text is null"));
    spark.sql(
        "insert into " + table + " select id, text, " + call + ".label from (" + texts(0) + ")");
    assertEquals(ROWS, rows(table).size());
  }

  private static void assertRefused(String statement, String... parts) {
    AnalysisException e = assertThrows(AnalysisException.class, () -> spark.sql(statement));
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  @Test
  void whatIsNewInADeltaTable() {
    String input = folder.resolve("delta growing").toString();
    String output = folder.resolve("delta grown").toString();
    Object[] run = {
      "-i",
      input,
      "-o",
      output,
      "--format",
      "delta",
      "--incremental",
      "--checkpoint",
      folder.resolve("delta checkpoint")
    };

    spark.sql(texts(0)).write().format("delta").save(input);
    CommandRun first = classify(run);
    spark.sql(texts(ROWS)).write().format("delta").mode("append").save(input);
    CommandRun second = classify(run);
    CommandRun third = classify(run);

    first.assertOk();
    second.assertOk("rows                    40");
    third.assertOk("rows                     0");
    assertEquals(answers("select * from delta.`" + input + "`"), rows("delta.`" + output + "`"));
  }

  @Test
  void icebergTablesOfACatalog() {
    assumeIceberg();
    spark.sql("create table ice.db.texts using iceberg as " + texts(0));

    CommandRun run = classify("-i", "ice.db.texts", "-o", "ice.db.answers", "--format", "table");
    CommandRun again = classify("-i", "ice.db.texts", "-o", "ice.db.answers", "--format", "table");
    spark.sql("insert into ice.db.answers select *, " + fields() + " from (" + texts(ROWS) + ")");

    run.assertOk();
    again.assertFails(5);
    assertEquals(
        answers("select * from (" + texts(0) + ") union all " + texts(ROWS)),
        rows("ice.db.answers"));
  }

  @Test
  void icebergRowsAreChangedByTheirAnswers() {
    assumeIceberg();
    String table = "ice.db.changed";
    spark.sql(
        "create table "
            + table
            + " using iceberg as select *, 'old' label from ("
            + texts(0)
            + ")");

    spark.sql("update " + table + " set label = " + call + ".label where id < 20");
    String wrong = "delete from " + table + " where " + call + ".label = 'no'";
    AnalysisException e = assertThrows(AnalysisException.class, () -> spark.sql(wrong));
    spark.sql(
        "delete from "
            + table
            + " where id in (select id from (select id, "
            + call
            + ".label answer from "
            + table
            + ") where answer = 'no')");

    assertTrue(e.getMessage().contains("Find the rows in a subquery"), e.getMessage());
    List<Row> left =
        spark
            .sql(
                "select id, text, if(id < 20, r.label, 'old') label from (select *, "
                    + call
                    + " r from ("
                    + texts(0)
                    + ")) where not r.label <=> 'no' order by id")
            .collectAsList();
    assertTrue(left.size() > 5 && left.size() < ROWS, left.toString());
    assertEquals(left, rows(table));
  }

  @Test
  void whatIsNewInAnIcebergTable() {
    assumeIceberg();
    spark.sql("create table ice.db.growing using iceberg as " + texts(0));
    Object[] run = {
      "-i",
      "ice.db.growing",
      "-o",
      "ice.db.grown",
      "--format",
      "table",
      "--incremental",
      "--checkpoint",
      folder.resolve("ice checkpoint")
    };

    CommandRun first = classify(run);
    spark.sql("insert into ice.db.growing " + texts(ROWS));
    CommandRun second = classify(run);

    first.assertOk();
    second.assertOk("rows                    40");
    assertEquals(answers("select * from ice.db.growing"), rows("ice.db.grown"));
  }

  private static String fields() {
    List<String> names = List.of("label", "score", "exit_layer", "tokens", "truncated", "error");
    return String.join(", ", names.stream().map(name -> call + "." + name).toList());
  }

  /** The rows of a query with their answers, as the job writes them. */
  private static List<Row> answers(String query) {
    return spark.sql("select *, " + fields() + " from (" + query + ") order by id").collectAsList();
  }

  private static List<Row> rows(String table) {
    return spark.sql("select * from " + table + " order by id").collectAsList();
  }

  private static CommandRun classify(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("classify", "--model", model));
    all.addAll(Arrays.asList(arguments));
    return CommandRun.of(all.toArray());
  }
}
