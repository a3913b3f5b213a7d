package org.sparkadept.udfs.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.udfs.classify.AdeptFunctions.adept_classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.TestSpark;

/** A row has the same answer, to the last bit, however Spark brings it to the decoder. */
class SameAnswersTest {
  private static final int ROWS = 300;

  /** Attempts that {@link #failingOnce} ended. */
  private static final AtomicInteger FAILED_ATTEMPTS = new AtomicInteger();

  @TempDir private static Path folder;
  private static String options;
  private static List<Row> expected;

  private final SparkSession spark = TestSpark.session();

  @BeforeAll
  static void writeTable() throws IOException {
    Path model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.confidence(0.9, 1, 2, 3).withTokenExits(0.5, 1))
            .write(Files.createDirectory(folder.resolve("model")));
    options = String.format("map('model', '%s', 'scores', 'true', 'maxTokens', '32')", model);
    SparkSession spark = TestSpark.session();
    Dataset<Row> texts =
        spark
            .range(0, ROWS, 1, 3)
            .selectExpr(
                "id",
                "case id % 10 when 0 then null when 1 then ''"
                    + " when 2 then concat('🙂 ', id, ' 👩‍👩‍👧 ü')"
                    + " when 3 then repeat(concat('word', id, ' '), 200)"
                    + " when 4 then concat('same ', id % 20)"
                    + " when 5 then cast(unhex('61C328') as string)"
                    + " else concat('text ', id * 7919) end text");
    texts.write().parquet(path("parquet"));
    texts.write().orc(path("orc"));
    expected = answers(spark.read().parquet(path("parquet")).coalesce(1));
  }

  private static String path(String format) {
    return folder.resolve(format).toString();
  }

  private static List<Row> answers(Dataset<Row> texts) {
    return sorted(texts.selectExpr("id", "text", "adept_classify(text, " + options + ") r"));
  }

  /** The rows by id, put in order here, so that Spark need not look at them beforehand. */
  private static List<Row> sorted(Dataset<Row> answers) {
    List<Row> rows = new ArrayList<>(answers.collectAsList());
    rows.sort(Comparator.comparingLong(row -> row.getLong(0)));
    return rows;
  }

  private Dataset<Row> texts(String format) {
    return spark.read().format(format).load(path(format));
  }

  /** What the other tests compare with has every kind of answer. */
  @Test
  void theRowsAreOfManyKinds() {
    int[] exits = new int[4];
    int nulls = 0;
    int errors = 0;
    int truncated = 0;
    for (Row row : expected) {
      if (row.isNullAt(2)) {
        nulls++;
        continue;
      }
      Row answer = row.getStruct(2);
      errors += answer.getAs("error") != null ? 1 : 0;
      truncated += answer.<Boolean>getAs("truncated") ? 1 : 0;
      Integer exit = answer.getAs("exit_layer");
      exits[exit == null ? 0 : exit]++;
    }
    assertEquals(ROWS, expected.size());
    assertEquals(ROWS / 10, nulls);
    assertEquals(ROWS / 5, errors);
    assertTrue(truncated >= ROWS / 10, truncated + " truncated");
    assertTrue(exits[1] > 9 && exits[2] > 9 && exits[3] > 9, Arrays.toString(exits));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void inAnyPartitions(int partitions) {
    assertEquals(expected, answers(texts("parquet").repartition(partitions)));
  }

  @Test
  void byTheDataFrameFunction() {
    Map<String, String> asked = Map.of("model", path("model"), "scores", "true", "maxTokens", "32");

    Dataset<Row> called =
        texts("parquet")
            .select(
                functions.col("id"),
                functions.col("text"),
                adept_classify(functions.col("text"), asked).as("r"));

    assertEquals(expected, sorted(called));
  }

  @ParameterizedTest
  @CsvSource({
    "parquet, spark.sql.adaptive.enabled, false",
    "parquet, spark.sql.adaptive.enabled, true",
    "parquet, spark.sql.parquet.enableVectorizedReader, false",
    "parquet, spark.sql.columnVector.offheap.enabled, true",
    "parquet, spark.sql.parquet.columnarReaderBatchSize, 50",
    "parquet, spark.sql.codegen.wholeStage, false",
    "parquet, spark.adept.batch.rows, 1",
    "parquet, spark.adept.batch.bytes, 1k",
    "orc, spark.sql.orc.enableVectorizedReader, true",
    "orc, spark.sql.orc.enableVectorizedReader, false",
    "orc, spark.sql.columnVector.offheap.enabled, true",
  })
  void whateverTheSettings(String format, String key, String value) {
    assertEquals(expected, withSetting(key, value, () -> answers(texts(format))));
  }

  @Test
  void afterAShuffleAndAJoinWithAndWithoutAdaptiveExecution() {
    Dataset<Row> others = spark.range(0, 2 * ROWS, 1, 2).toDF();
    for (String adaptive : List.of("true", "false")) {
      assertEquals(
          expected,
          withSetting(
              "spark.sql.adaptive.enabled",
              adaptive,
              () -> answers(texts("parquet").join(others.hint("merge"), "id"))));
    }
  }

  /** Tasks that fail after they have given some rows run again, among other rows. */
  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void whenAFailedTaskRunsAgain(String vectorised) {
    FAILED_ATTEMPTS.set(0);
    spark.udf().register("failing_once", failingOnce());

    List<Row> answers =
        withSetting(
            "spark.sql.parquet.enableVectorizedReader",
            vectorised,
            () ->
                sorted(
                    texts("parquet")
                        .selectExpr("id", "text", "adept_classify(text, " + options + ") r")
                        .where("failing_once(id)")
                        .repartition(5)));

    assertEquals(expected, answers);
    assertTrue(FAILED_ATTEMPTS.get() > 0);
  }

  /** True for every row; on the first attempt of a task it fails at some row in the middle. */
  private static UserDefinedFunction failingOnce() {
    UDF1<Long, Boolean> function =
        id -> {
          if (id % 100 == 75 && TaskContext.get().attemptNumber() == 0) {
            FAILED_ATTEMPTS.incrementAndGet();
            throw new IllegalStateException("an attempt that fails");
          }
          return true;
        };
    return functions.udf(function, DataTypes.BooleanType).asNondeterministic();
  }

  private List<Row> withSetting(String key, String value, Supplier<List<Row>> query) {
    spark.conf().set(key, value);
    try {
      return query.get();
    } finally {
      spark.conf().unset(key);
    }
  }
}
