package org.sparkadept.udfs.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.udfs.TestSpark;
import org.sparkadept.udfs.plan.physical.ArrowEvalExec;

/** Calls of a batch function anywhere in a query: each row once, with the right answer. */
class ArrowCallTest {
  private static final int ROWS = 1000;
  private static final String PARQUET = "docs";
  private static final String MEMORY = "memory";
  private static final AtomicLong DELIVERED = new AtomicLong();

  @TempDir private static Path folder;

  private final SparkSession spark = TestSpark.session();

  @BeforeAll
  static void writeTable() {
    SparkSession spark = TestSpark.session();
    ArrowFunctions.register(spark, new TestSqlFunction(new WordCount()));
    String text = "if(id % 10 = 0, null, concat_ws(' ', 'a', 'bcd', repeat('x', int(id % 7))))";
    Dataset<Row> rows = spark.range(0, ROWS, 1, 3).selectExpr("id", "id % 3 k", text + " text");
    String path = folder.resolve(PARQUET).toString();
    rows.write().parquet(path);
    spark.read().parquet(path).createOrReplaceTempView(PARQUET);
    rows.createOrReplaceTempView(MEMORY);
  }

  @BeforeEach
  void resetCounts() {
    WordCount.reset();
  }

  @AfterEach
  void everythingIsReleased() {
    WordCount.assertReleased();
  }

  @ParameterizedTest
  @ValueSource(strings = {PARQUET, MEMORY})
  void everyRowHasItsAnswer(String table) {
    List<Row> wrong =
        sql(
                "select text, r from (select text, word_count(text, 2) r from %s) where not r <=>"
                    + " if(text is null, null, named_struct('words', if(length(text) >= 8, 2, 1),"
                    + " 'longest', if(length(text) > 9, element_at(split(text, ' '), 3), 'bcd'),"
                    + " 'error', cast(null as string)))",
                table)
            .collectAsList();

    assertEquals(List.of(), wrong);
    assertEquals(ROWS, WordCount.ROWS.get());
  }

  @Test
  void columnsComeFromTheVectorisedReaderWithoutRows() {
    String plan = plan("select id, word_count(text, 2) r from docs");

    assertTrue(plan.matches("(?s).*ArrowEval[^\\n]*\\n\\s*\\+- FileScan parquet.*"), plan);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select r.words, r.longest from (select word_count(text, 2) r from docs) where r.words > 0",
        "select word_count(text, 2).words w, word_count(text, 2).longest l from docs",
        "select word_count(text, 2).words w, count(*) c from docs group by word_count(text, 2).words",
        "select id, row_number() over (order by word_count(text, 2).words, id) n from docs",
        "select case when id > 5 then word_count(text, 2).words else 0 end w from docs",
        "with r as (select word_count(text, 2) c from docs) select c.words from r where c.words > 1",
      })
  void aCallIsEvaluatedOnceForARow(String query) {
    spark.sql(query).collectAsList();

    assertEquals(ROWS, WordCount.ROWS.get(), () -> plan(query));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select id, word_count(text, 2).words w from docs where k = 1",
        "select * from (select id, k, word_count(text, 2) r from docs) where k = 1 and r.words > 0",
        "select * from (select id, k, word_count(upper(text), 2) r from docs) where k = 1",
      })
  void filtersGoBelowTheCall(String query) {
    spark.sql(query).collectAsList();

    assertEquals(sql("select * from docs where k = 1").count(), WordCount.ROWS.get());
  }

  @Test
  void limitsGoBelowTheCall() {
    assertEquals(5, sql("select word_count(text, 2) r from docs limit 5").collectAsList().size());

    assertTrue(WordCount.ROWS.get() <= 3 * 5, WordCount.ROWS + " rows");
  }

  @Test
  void resultsAndColumnsThatNobodyReadsAreDropped() {
    String unused = "select id from (select id, word_count(text, 2) r from docs)";
    spark.sql(unused).collectAsList();
    assertEquals(0, WordCount.ROWS.get());
    assertFalse(plan(unused).contains("ArrowEval"), plan(unused));

    String narrow = plan("select r.words from (select *, word_count(text, 2) r from docs)");
    assertFalse(narrow.contains("id#") || narrow.contains("k#"), narrow);
  }

  @ParameterizedTest
  @ValueSource(strings = {PARQUET, MEMORY})
  void rowsAreCountedOnceHoweverManyCalls(String table) {
    Dataset<Row> two = sql("select word_count(text, 1) a, word_count(text, 2) b from %s", table);
    two.collectAsList();

    SparkPlan plan = two.queryExecution().executedPlan();
    while (!(plan instanceof ArrowEvalExec)) {
      assertFalse(plan.children().isEmpty(), plan.toString());
      plan = plan.children().head();
    }
    assertEquals(ROWS, plan.metrics().apply("numOutputRows").value());
    assertEquals(2L * ROWS, WordCount.ROWS.get());
  }

  @Test
  void callsWithinCallsAreEvaluatedInTurn() {
    Row row = sql("select word_count(word_count('ab cde f', 1).longest, 3) r").head().getStruct(0);

    assertEquals(1, row.getInt(0));
    assertEquals("cde", row.getString(1));
  }

  @Test
  void aCachedResultIsNotComputedAgain() {
    Dataset<Row> cached = sql("select id, word_count(text, 2) r from docs").cache();
    try {
      cached.count();
      long rows = WordCount.ROWS.get();
      cached.groupBy("r.words").count().collectAsList();
      sql("select id, word_count(text, 2) r from docs").collectAsList();
      assertEquals(ROWS, rows);
      assertEquals(rows, WordCount.ROWS.get());
    } finally {
      cached.unpersist();
    }
  }

  @Test
  void subqueriesMayCall() {
    assertEquals(
        1,
        sql("select max(id) m from docs having m > (select max(word_count(text, 2).words) from docs)")
            .count());
    assertEquals(ROWS, WordCount.ROWS.get());
    assertEquals(
        ROWS * 9 / 10,
        sql("select id from docs d where exists (select 1 from docs e where e.id = d.id and"
                + " word_count(e.text, 0).words > 0)")
            .count());
  }

  @Test
  void bothSidesOfAJoinMayCallButNotItsCondition() {
    assertEquals(
        ROWS,
        sql("select word_count(a.text, 2) l, word_count(b.text, 1) r from docs a join docs b"
                + " on a.id = b.id")
            .count());
    Exception e =
        assertThrows(
            Exception.class,
            () ->
                sql(
                    "select 1 from docs a join docs b on word_count(a.text || b.text, 2).words = 1"));
    assertTrue(e.getMessage().contains("both sides of the join"), e.getMessage());
  }

  @Test
  void writesAndCreatesTables() {
    String target = folder.resolve("written").toString();

    sql("select id, word_count(text, 2) r from docs").write().parquet(target);

    assertEquals(ROWS * 9 / 10, spark.read().parquet(target).where("r.words > 0").count());
    assertEquals(ROWS, WordCount.ROWS.get());
  }

  @Test
  void dataFramesCallByExpression() {
    Dataset<Row> result =
        spark.table(PARQUET).withColumn("r", functions.expr("word_count(text, 2)"));

    assertEquals(ROWS * 9 / 10, result.where("r.words > 0").count());
  }

  @ParameterizedTest
  @ValueSource(strings = {PARQUET, MEMORY})
  void batchesAreBoundedByRowsAndBytes(String table) {
    spark.conf().set("spark.adept.batch.rows", "16");
    try {
      sql("select word_count(text, 2) from %s", table).collectAsList();
      assertEquals(16, WordCount.LARGEST_BATCH.get());
    } finally {
      spark.conf().unset("spark.adept.batch.rows");
    }
    spark.conf().set("spark.adept.batch.bytes", "1");
    try {
      WordCount.LARGEST_BATCH.set(0);
      sql("select word_count(text, 2) from %s where text is not null", table).collectAsList();
      assertEquals(1, WordCount.LARGEST_BATCH.get());
    } finally {
      spark.conf().unset("spark.adept.batch.bytes");
    }
  }

  @Test
  void emptyTablesAndNullsAreNoTrouble() {
    assertEquals(0, sql("select word_count(text, 2) from docs where id < 0").count());
    assertEquals(
        0, sql("select word_count(text, 2) r from docs where id < 0").collectAsList().size());
    assertNull(sql("select word_count(null, 2) r").head().get(0));
    assertNull(sql("select word_count('a', null) r").head().get(0));
  }

  @Test
  void failfastStopsAtARowWithAnError() {
    spark.conf().set("spark.adept.rows.onError", "failfast");
    try {
      Exception e =
          assertThrows(
              Exception.class,
              () -> sql("select word_count(text, -1) r from docs where id = 3").collectAsList());
      assertTrue(e.toString().contains("least is negative"), e.toString());
    } finally {
      spark.conf().unset("spark.adept.rows.onError");
    }
    assertEquals(
        "least is negative",
        sql("select word_count(text, -1).error from docs where id = 3").head().getString(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {PARQUET, MEMORY})
  @Timeout(60)
  void noRowOfATaskThatWasKilledMeanwhileGoesOn(String table) throws InterruptedException {
    String group = "killed";
    SparkContext context = spark.sparkContext();
    context.setJobGroup(group, "killed while it evaluates", false);
    WordCount.MEANWHILE.set(
        () -> {
          TaskContext task = TaskContext.get();
          context.cancelJobGroup(group);
          while (!task.isInterrupted()) {
            Thread.onSpinWait();
          }
        });
    DELIVERED.set(0);
    try {
      assertThrows(
          Exception.class,
          () ->
              sql("select id, word_count(text, 2) r from %s", table)
                  .toJavaRDD()
                  .foreach(row -> DELIVERED.incrementAndGet()));
    } finally {
      context.clearJobGroup();
    }
    Await.until("released tasks", () -> WordCount.OPEN.get() == 0);
    assertEquals(0, DELIVERED.get());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "word_count(text)",
        "word_count(text, 'two')",
        "word_count(id, 2)",
        "word_count(text, 2, 3)",
        "word_count()"
      })
  void wrongArgumentsSayWhatTheFunctionTakes(String call) {
    Exception e = assertThrows(Exception.class, () -> spark.sql("select " + call + " from docs"));

    assertTrue(e.getMessage().contains("word_count takes (STRING, INT)"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      value = {
        "map('a', text) | The map of options of word_count must be a constant",
        "map('a', 1) | word_count has no argument or option 'a'",
      })
  void optionsAreConstantAndKnown(String options, String part) {
    Exception e =
        assertThrows(
            Exception.class,
            () -> spark.sql("select word_count(text, 2, " + options + ") from docs"));

    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  @Test
  void sameAnswersWithAndWithoutAdaptiveExecution() {
    String query =
        "select a.id, word_count(a.text, 2) r from docs a join docs b on a.id = b.id order by a.id";
    List<Row> with = spark.sql(query).collectAsList();
    spark.conf().set("spark.sql.adaptive.enabled", "false");
    try {
      assertEquals(with, spark.sql(query).collectAsList());
    } finally {
      spark.conf().unset("spark.sql.adaptive.enabled");
    }
  }

  private Dataset<Row> sql(String query, Object... values) {
    return spark.sql(String.format(query, values));
  }

  private String plan(String query) {
    return spark.sql(query).queryExecution().executedPlan().toString();
  }
}
