package org.sparkadept.udfs.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.util.ArrowUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.TestSpark;

/** Tables that are unlike others: huge rows, nothing but NULLs, no rows, rows that never end. */
class ClassifyInputsTest {
  @TempDir private static Path folder;
  private static String call;

  private final SparkSession spark = TestSpark.session();

  @BeforeAll
  static void writeModel() throws IOException {
    Path model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.confidence(0.6, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve("model")));
    call = "adept_classify(text, map('model', '" + model + "', 'maxTokens', '8')) r";
  }

  @AfterEach
  void everythingIsReleased() {
    assertEquals(0, ArrowUtils.rootAllocator().getAllocatedMemory());
  }

  /** The rows are twice the heap of this JVM together, and so were a batch of as many rows. */
  @Test
  void rowsOfAMegabyteAreHeldAFewAtATime() {
    Row counts =
        spark
            .range(0, 4096, 1, 2)
            .selectExpr("concat(id % 3, repeat(' word', 209715)) text")
            .selectExpr(call)
            .selectExpr("count(r.label)", "count_if(r.truncated and r.tokens = 8)")
            .head();

    assertTrue(Runtime.getRuntime().maxMemory() < 4096L << 20, "the heap is too large to tell");
    assertEquals(4096, counts.getLong(0));
    assertEquals(4096, counts.getLong(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void aTableOfNullsHasNullAnswers(String vectorised) {
    String path = folder.resolve("nulls" + vectorised).toString();
    spark.range(0, 5000, 1, 2).selectExpr("id", "cast(null as string) text").write().parquet(path);
    spark.conf().set("spark.sql.parquet.enableVectorizedReader", vectorised);
    try {
      Dataset<Row> answers = spark.read().parquet(path).selectExpr("id", call);

      assertEquals(5000, answers.where("r is null").count());
      assertEquals(5000, answers.collectAsList().stream().filter(row -> row.isNullAt(1)).count());
    } finally {
      spark.conf().unset("spark.sql.parquet.enableVectorizedReader");
    }
  }

  @Test
  void emptyPartitionsAndEmptyTablesAreNoTrouble() {
    Dataset<Row> few =
        spark.range(0, 3, 1, 3).selectExpr("id", "if(id = 1, 'some text', null) text");
    Dataset<Row> sparse = few.where("text is not null").repartition(7).selectExpr("id", call);
    String path = folder.resolve("empty").toString();
    few.where("id > 5").write().parquet(path);
    Dataset<Row> none = spark.read().parquet(path).selectExpr("id", call);

    assertEquals(7, sparse.javaRDD().getNumPartitions());
    assertEquals(1, sparse.where("r.label is not null").collectAsList().size());
    assertEquals(List.of(), none.collectAsList());
    assertEquals(0, none.selectExpr("count(r.label)").head().getLong(0));
  }

  @Test
  void aStreamIsClassifiedBatchByBatch() throws Exception {
    Path input = folder.resolve("stream in");
    Path output = folder.resolve("stream out");
    addFile(input, 0);
    addFile(input, 100);
    Dataset<Row> stream =
        spark
            .readStream()
            .schema("id bigint, text string")
            .option("maxFilesPerTrigger", 1)
            .parquet(input.toString())
            .selectExpr("id", "text", call)
            .where("r.label is not null");

    run(stream, output);
    List<Row> first = answers(output);
    addFile(input, 200);
    run(stream, output);

    assertEquals(200, first.size());
    Dataset<Row> whole = spark.read().parquet(input.toString()).selectExpr("id", "text", call);
    assertEquals(whole.orderBy("id").collectAsList(), answers(output));
  }

  private void addFile(Path input, long first) {
    spark
        .range(first, first + 100, 1, 1)
        .selectExpr("id", "concat('text ', id) text")
        .write()
        .mode("append")
        .parquet(input.toString());
  }

  private static void run(Dataset<Row> stream, Path output) throws Exception {
    StreamingQuery query =
        stream
            .writeStream()
            .trigger(Trigger.AvailableNow())
            .option("checkpointLocation", output + ".checkpoint")
            .format("parquet")
            .start(output.toString());
    assertTrue(query.awaitTermination(TimeUnit.MINUTES.toMillis(2)));
  }

  private List<Row> answers(Path output) {
    return spark.read().parquet(output.toString()).orderBy("id").collectAsList();
  }
}
