package org.sparkadept.pipeline.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.udfs.classify.AdeptFunctions.adept_classify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

/** The job, SQL, data frames and MLlib give the same answers, to the last bit. */
class SurfacesAgreeTest {
  private static final int MAX_TOKENS = 32;

  @TempDir private static Path folder;
  private static Path model;
  private static String input;
  private static List<Row> job;

  private final SparkSession spark = TestSpark.session();

  @BeforeAll
  static void classifyByJob() throws IOException {
    SparkSession spark = TestSpark.session();
    model = TestModel.write(folder);
    input = folder.resolve("texts").toString();
    spark
        .range(0, 300, 1, 3)
        .selectExpr(
            "id",
            "case id % 8 when 0 then null when 1 then '' when 2 then concat('🙂 ', id)"
                + " when 3 then repeat(concat('word', id, ' '), 200)"
                + " when 4 then concat('same ', id % 24)"
                + " when 5 then cast(unhex('61C328') as string)"
                + " else concat('text ', id * 7919) end text")
        .write()
        .parquet(input);
    String output = folder.resolve("answers").toString();
    CommandRun.of(
            "classify",
            "-i",
            input,
            "-o",
            output,
            "--model",
            model,
            "--scores",
            "--max-tokens",
            MAX_TOKENS,
            "--partitions",
            7)
        .assertOk();
    job = spark.read().parquet(output).orderBy("id").collectAsList();
  }

  private Dataset<Row> texts() {
    return spark.read().parquet(input).coalesce(1);
  }

  @Test
  void theRowsAreOfManyKinds() {
    assertEquals(300, job.size());
    for (String kind : List.of("label", "error")) {
      assertTrue(job.stream().filter(row -> row.getAs(kind) != null).count() > 50, kind);
    }
    assertTrue(job.stream().anyMatch(row -> Boolean.TRUE.equals(row.getAs("truncated"))));
    assertEquals(
        List.of(1, 2, 3),
        job.stream()
            .map(row -> row.<Integer>getAs("exit_layer"))
            .filter(layer -> layer != null)
            .distinct()
            .sorted()
            .toList());
  }

  @Test
  void sqlAgreesWithTheJob() {
    texts().createOrReplaceTempView("some_texts");
    String options =
        String.format("map('model', '%s', 'scores', 'true', 'maxTokens', '%d')", model, MAX_TOKENS);

    List<Row> sql =
        spark
            .sql(
                "select id, text, r.* from (select *, adept_classify(text, "
                    + options
                    + ") r from some_texts) order by id")
            .collectAsList();

    assertEquals(job, sql);
  }

  @Test
  void dataFramesAgreeWithTheJob() {
    Map<String, String> options =
        Map.of("model", model.toString(), "scores", "true", "maxTokens", "" + MAX_TOKENS);

    Dataset<Row> called =
        texts()
            .withColumn("r", adept_classify(functions.col("text"), options))
            .select("id", "text", "r.*");

    assertEquals(job, called.orderBy("id").collectAsList());
  }

  /** MLlib's model tells less: no scores, tokens or truncated. */
  @Test
  void mllibAgreesWithTheJob() throws IOException {
    String saved = folder.resolve("saved").toString();
    List<String> labels = List.of("no", "yes", "grün");
    new AdeptClassificationModel("agrees", model.toString(), labels, false, null)
        .setMaxTokens(MAX_TOKENS)
        .write()
        .save(saved);

    List<Row> mllib =
        AdeptClassificationModel.load(saved)
            .transform(texts())
            .select("id", "text", "predictedLabel", "score", "exitLayer", "error")
            .orderBy("id")
            .collectAsList();

    Dataset<Row> written = spark.read().parquet(folder.resolve("answers").toString());
    assertEquals(
        written
            .select("id", "text", "label", "score", "exit_layer", "error")
            .orderBy("id")
            .collectAsList(),
        mllib);
  }
}
