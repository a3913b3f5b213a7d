package org.sparkadept.udfs.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FilterFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.util.ArrowUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.udfs.TestSpark;
import org.sparkadept.udfs.metrics.ScoringAccumulator;

/** What scoring does with rows and columns, whatever the function. */
class ArrowScoringTest {
  private static final String BATCH_ROWS = "spark.adept.batch.rows";
  private static final String BATCH_BYTES = "spark.adept.batch.bytes";
  private static final List<String> FIELDS = List.of("length", "batch", "error");

  private final SparkSession spark = TestSpark.session();
  private final ScoringAccumulator totals = ScoringAccumulator.register(spark.sparkContext());

  @AfterEach
  void everythingIsReleased() {
    spark.conf().unset(BATCH_ROWS);
    spark.conf().unset(BATCH_BYTES);
    assertEquals(0, ArrowUtils.rootAllocator().getAllocatedMemory(), "Arrow memory was leaked");
    assertEquals(0, LengthFunction.OPEN.get(), "an evaluator was left open");
  }

  @Test
  void addsTheResultToAllColumnsOfTheInput() {
    Dataset<Row> result = score(spark.sql("select 7L id, 'häß' text, array(1, 2) a"));

    assertArrayEquals(
        new String[] {"id", "text", "a", "length", "batch", "error"}, result.columns());
    Row row = result.head();
    assertEquals(7L, row.getLong(0));
    assertEquals("häß", row.getString(1));
    assertEquals(List.of(1, 2), row.getList(2));
    assertEquals(5, row.getInt(3));
    assertTrue(row.isNullAt(5));
  }

  @Test
  void keepsTypesAndValuesOfOtherColumns() {
    String columns =
        "cast(null as int) n, 1.25BD d, date '2001-02-03' day, timestamp '2001-02-03 04:05:06.789'"
            + " t, timestamp_ntz '2001-02-03 04:05:06' ntz, binary('x') b, map('k', 1.5F) m,"
            + " named_struct('s', 'é') st, cast('ab' as string collate UTF8_LCASE) ci";
    Dataset<Row> input = spark.sql("select " + columns + ", 'x' text");

    Dataset<Row> result = score(input);

    Row before = input.head();
    Row after = result.head();
    for (int i = 0; i < before.size(); i++) {
      String name = input.columns()[i];
      assertEquals(input.schema().apply(i).dataType(), result.schema().apply(i).dataType(), name);
      if (!name.equals("b")) {
        assertEquals(before.get(i), after.get(i), name);
      }
    }
    assertArrayEquals(before.<byte[]>getAs("b"), after.<byte[]>getAs("b"));
  }

  @Test
  void keepsBytesThatAreNoUtf8() {
    Dataset<Row> input = spark.sql("select cast(unhex('41FF42') as string) text");

    assertEquals("41FF42", score(input).selectExpr("hex(text)").head().getString(0));
  }

  @Test
  void batchesEndByRowsAndByBytes() {
    Dataset<Row> input = spark.range(0, 40, 1, 1).selectExpr("repeat('x', 100) text");

    assertEquals(16, maxBatch(input, 16, 1 << 20), "bounded by rows");
    assertEquals(3, maxBatch(input, 64, 300), "bounded by bytes");
    assertEquals(1, maxBatch(input, 64, 1), "never less than a row");
  }

  @Test
  void emptyTablesAndPartitionsOpenNothing() {
    int batches = LengthFunction.BATCHES.get();

    assertEquals(0, score(spark.sql("select 'x' text where false")).count());
    assertEquals(
        0, score(spark.range(5).selectExpr("'x' text").filter("false")).collectAsList().size());

    assertEquals(batches, LengthFunction.BATCHES.get());
  }

  @Test
  void aLimitThatStopsEarlyLeaksNothing() {
    Dataset<Row> input = spark.range(0, 10_000, 1, 2).selectExpr("string(id) text");

    assertEquals(3, score(input).limit(3).collectAsList().size());
  }

  @Test
  void aMissingColumnIsNamedWithThoseThatAreThere() {
    AdeptException e =
        assertThrows(AdeptException.class, () -> score(spark.sql("select 1 id, 'x' body")));

    assertTrue(e.getMessage().contains("no column 'text'"), e.getMessage());
    assertTrue(e.getMessage().contains("id INT, body STRING"), e.getMessage());
  }

  @Test
  void aColumnOfAnotherTypeIsNamedWithItsType() {
    AdeptException e =
        assertThrows(AdeptException.class, () -> score(spark.sql("select 1 id, 2 text")));

    assertTrue(
        e.getMessage().contains("Column 'text' (--text-column) must be STRING, but is INT"),
        e.getMessage());
    assertTrue(e.getMessage().contains("id INT, text INT"), e.getMessage());
  }

  @Test
  void aTakenNameIsAnErrorThatTellsOfThePrefix() {
    Dataset<Row> input = spark.sql("select 'x' text, 1 Length");

    AdeptException e = assertThrows(AdeptException.class, () -> score(input));

    assertTrue(e.getMessage().contains("'length'"), e.getMessage());
    assertTrue(e.getMessage().contains("--output-prefix"), e.getMessage());
    assertEquals(
        1,
        ArrowScoring.score(
                input,
                new NamedColumn("text", "--text-column"),
                new LengthFunction(0, totals),
                FIELDS,
                "p_")
            .head()
            .<Integer>getAs("p_length"));
  }

  @Test
  void twoColumnsOfOneNameAreAnError() {
    Dataset<Row> input = spark.sql("select 'x' text, 1 a, 2 a");

    assertTrue(assertThrows(AdeptException.class, () -> score(input)).getMessage().contains("'a'"));
  }

  @Test
  void namesWithDotsAndBackticksWork() {
    Dataset<Row> input = spark.sql("select 1 `a.b`, 'x' `te``xt`");

    Row row =
        ArrowScoring.score(
                input,
                new NamedColumn("te`xt", "--text-column"),
                new LengthFunction(0, totals),
                FIELDS,
                "")
            .head();

    assertEquals(1, row.<Integer>getAs("a.b"));
    assertEquals(1, row.<Integer>getAs("length"));
  }

  @Test
  void aKillIsHonouredBetweenBatches() throws Exception {
    Dataset<Row> input = spark.range(0, 100_000, 1, 2).selectExpr("string(id) text");
    Dataset<Row> slow =
        ArrowScoring.score(
            input,
            new NamedColumn("text", "--text-column"),
            new LengthFunction(20, totals),
            FIELDS,
            "");
    spark.conf().set(BATCH_ROWS, 10);
    int before = LengthFunction.BATCHES.get();
    CompletableFuture<Throwable> job =
        CompletableFuture.supplyAsync(
            () -> {
              spark.sparkContext().setJobGroup("kill", "killed by a test", false);
              return assertThrows(Exception.class, slow::collectAsList);
            });
    Await.until("four batches", () -> LengthFunction.BATCHES.get() >= before + 4);

    spark.sparkContext().cancelJobGroup("kill");

    job.get(20, TimeUnit.SECONDS);
    Await.until("the tasks to end", () -> LengthFunction.OPEN.get() == 0);
    assertTrue(LengthFunction.BATCHES.get() < before + 1000, "the tasks ran on");
  }

  @Test
  void aTaskThatIsRunAgainIsCountedOnce() {
    Dataset<Row> input = spark.range(0, 1000, 1, 2).selectExpr("string(id) text");
    FilterFunction<Row> failsAtFirst =
        row -> {
          if (TaskContext.get().attemptNumber() == 0 && row.<String>getAs("text").equals("400")) {
            throw new IllegalStateException("first attempt");
          }
          return true;
        };

    score(input).filter(failsAtFirst).collectAsList();

    assertEquals(1000, totals.value().rows());
  }

  private int maxBatch(Dataset<Row> input, int rows, long bytes) {
    spark.conf().set(BATCH_ROWS, rows);
    spark.conf().set(BATCH_BYTES, bytes);
    return score(input).selectExpr("max(batch)").head().getInt(0);
  }

  private Dataset<Row> score(Dataset<Row> input) {
    return ArrowScoring.score(
        input, new NamedColumn("text", "--text-column"), new LengthFunction(0, totals), FIELDS, "");
  }
}
