package org.sparkadept.udfs.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.ArrowUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.TestSpark;
import org.sparkadept.udfs.batch.RowFailedException;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.metrics.ScoringTotals;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.sharing.LocalModels;
import org.sparkadept.udfs.table.ArrowScoring;
import org.sparkadept.udfs.table.NamedColumn;

/** A real decoder over real rows, the bad ones too. */
class ClassifyScoringTest {
  private static final String ON_ERROR = "spark.adept.rows.onError";

  @TempDir private static Path folder;
  private static Path model;

  private final SparkSession spark = TestSpark.session();
  private final ScoringAccumulator totals = ScoringAccumulator.register(spark.sparkContext());

  @BeforeAll
  static void writeModel() throws IOException {
    model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.confidence(0.6, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve("model")));
  }

  @AfterEach
  void everythingIsReleased() {
    for (String key : List.of(ON_ERROR, "spark.adept.batch.rows", "spark.adept.batch.bytes")) {
      spark.conf().unset(key);
    }
    assertEquals(0, ArrowUtils.rootAllocator().getAllocatedMemory());
  }

  @Test
  void everyKindOfRowComesOutWithAnAnswerOrAReason() {
    List<Row> rows = new ArrayList<>();
    rows.add(row(0, "a plain text"));
    rows.add(row(1, null));
    rows.add(row(2, ""));
    rows.add(row(3, "megabyte ".repeat(120_000)));
    rows.add(row(4, "🙂🙃 emoji 👩‍👩‍👧 and 漢字"));
    Dataset<Row> input =
        table(rows)
            .unionByName(spark.sql("select 5L id, cast(unhex('61C328FF') as string) text"))
            .coalesce(1);

    List<Row> result = classify(input).orderBy("id").collectAsList();

    assertEquals(6, result.size());
    for (int plain : new int[] {0, 4}) {
      Row answer = result.get(plain);
      assertTrue(List.of("no", "yes", "grün").contains(answer.<String>getAs("label")));
      assertTrue(answer.<Float>getAs("score") > 0.3f);
      assertTrue(answer.<Integer>getAs("exit_layer") >= 1);
      assertTrue(answer.<Integer>getAs("tokens") > 1);
      assertFalse(answer.<Boolean>getAs("truncated"));
      assertNull(answer.getAs("error"));
    }
    Row nothing = result.get(1);
    for (String column : List.of("label", "score", "exit_layer", "tokens", "truncated", "error")) {
      assertNull(nothing.getAs(column), column);
    }
    assertFailed(result.get(2));
    assertTrue(result.get(3).<Boolean>getAs("truncated"));
    assertNotNull(result.get(3).getAs("label"));
    assertEquals(1_080_000, result.get(3).<String>getAs("text").length());
    assertFailed(result.get(5));
  }

  @Test
  void countsWhatItDid() {
    List<Row> rows = new ArrayList<>(numbered(100));
    rows.add(row(100, null));
    rows.add(row(101, ""));

    List<Row> result = classify(table(rows).repartition(3)).collectAsList();

    ScoringTotals counted = totals.value();
    assertEquals(102, counted.rows());
    assertEquals(100, counted.scored());
    assertEquals(1, counted.nulls());
    assertEquals(1, counted.errors());
    assertEquals(1, counted.errorExamples().size());
    assertTrue(
        counted.errorExamples().get(0).startsWith("partition "), counted.errorExamples().get(0));
    long tokens = 0;
    for (Row row : result) {
      tokens += row.<String>getAs("label") == null ? 0 : row.<Integer>getAs("tokens");
    }
    assertEquals(tokens, counted.tokens());
    long byLayer = counted.rowsPerExitLayer().values().stream().mapToLong(Long::longValue).sum();
    assertEquals(100, byLayer);
    assertTrue(counted.flops() > 0);
    assertTrue(counted.flops() < counted.fullDepthFlops(), "early exits save compute");
    assertTrue(counted.time().task() >= counted.time().decoder());
    assertTrue(counted.time().decoder() >= counted.time().compute());
  }

  @Test
  void answersDoNotDependOnPartitionsOrBatches() {
    Dataset<Row> input = table(numbered(300));

    List<Row> one = answers(input.coalesce(1));

    assertEquals(one, answers(input.repartition(7)));
    spark.conf().set("spark.adept.batch.rows", 7);
    spark.conf().set("spark.adept.batch.bytes", 1000);
    assertEquals(one, answers(input.coalesce(1)));
  }

  @Test
  void equalTextsOfABatchAreClassifiedOnce() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      rows.add(row(i, i % 9 == 8 ? null : "text " + i % 9));
    }

    List<Row> result = answers(table(rows).coalesce(1));
    long flops = totals.value().flops();

    assertEquals(80, totals.value().scored());
    List<Row> once = answers(table(rows.subList(0, 9)).coalesce(1));
    assertEquals(flops, totals.value().flops() - flops, "the same as for each text once");
    for (int i = 0; i < 90; i++) {
      for (String column : List.of("text", "label", "score", "exit_layer", "tokens")) {
        assertEquals(once.get(i % 9).<Object>getAs(column), result.get(i).getAs(column));
      }
    }
  }

  @Test
  void scoresAreTheProbabilitiesOfAllLabels() {
    ClassifyFunction function =
        new ClassifyFunction(
            ModelLocation.local(model),
            ComputeOptions.defaults(),
            ClassifierOptions.defaults(),
            Integer.MAX_VALUE);
    List<Row> rows = new ArrayList<>(numbered(20));
    rows.set(3, row(3, ""));
    rows.set(5, row(5, null));

    List<Row> result =
        ArrowScoring.score(
                table(rows).coalesce(1),
                new NamedColumn("text", "--text-column"),
                function,
                function.fields(),
                "")
            .orderBy("id")
            .collectAsList();

    for (Row row : result) {
      List<Row> scores = row.getList(row.fieldIndex("scores"));
      if (row.isNullAt(row.fieldIndex("label"))) {
        assertNull(scores);
        continue;
      }
      assertEquals(row.<String>getAs("label"), scores.get(0).getString(0));
      assertEquals(row.<Float>getAs("score"), scores.get(0).getFloat(1));
      Set<String> labels = new HashSet<>();
      double sum = 0;
      for (int i = 0; i < scores.size(); i++) {
        labels.add(scores.get(i).getString(0));
        sum += scores.get(i).getFloat(1);
        assertTrue(i == 0 || scores.get(i).getFloat(1) <= scores.get(i - 1).getFloat(1));
      }
      assertEquals(Set.of("no", "yes", "grün"), labels);
      assertEquals(1, sum, 1e-6);
    }
    assertEquals(20, result.size());
  }

  @Test
  void aTableOfNothingButNullsNeedsNoAnswers() {
    Dataset<Row> input = spark.range(10).selectExpr("id", "cast(null as string) text");

    assertEquals(10, classify(input).filter("label is null").count());
    assertEquals(10, totals.value().nulls());
  }

  @Test
  void oneExecutorWithTwoTaskThreadsLoadsTheModelOnce() throws IOException {
    Path own =
        TinyCheckpoint.llama().seed(77).write(Files.createDirectory(folder.resolve("loads")));
    long before = LocalModels.loads();

    for (int job = 0; job < 2; job++) {
      Dataset<Row> input = table(numbered(64)).repartition(8);
      assertEquals(64, score(input, own).filter("score > 0").count());
    }

    assertEquals(1, LocalModels.loads() - before);
  }

  @Test
  void failfastNamesThePartitionAndTheRow() {
    List<Row> rows = new ArrayList<>(numbered(400));
    rows.set(311, row(311, ""));
    Dataset<Row> input = table(rows).coalesce(1);
    spark.conf().set(ON_ERROR, "failfast");

    Exception thrown = assertThrows(Exception.class, () -> classify(input).collectAsList());

    Throwable cause = thrown;
    while (!(cause instanceof RowFailedException)) {
      cause = cause.getCause();
      assertNotNull(cause, "no RowFailedException in the chain of " + thrown);
    }
    assertTrue(cause.getMessage().startsWith("Row 312 of partition 0 cannot be"), cause.toString());
  }

  @Test
  void failfastLetsNullsPass() {
    spark.conf().set(ON_ERROR, "failfast");

    assertEquals(1, classify(table(List.of(row(1, null)))).collectAsList().size());
  }

  private static void assertFailed(Row row) {
    assertNull(row.getAs("label"));
    assertNull(row.getAs("score"));
    assertNull(row.getAs("exit_layer"));
    assertFalse(row.<String>getAs("error").isBlank());
  }

  private List<Row> answers(Dataset<Row> input) {
    return classify(input).orderBy("id").collectAsList();
  }

  private Dataset<Row> classify(Dataset<Row> input) {
    return score(input, model);
  }

  private Dataset<Row> score(Dataset<Row> input, Path directory) {
    ClassifyFunction function =
        new ClassifyFunction(
            ModelLocation.local(directory),
            ComputeOptions.defaults(),
            ClassifierOptions.defaults(),
            0,
            totals);
    return ArrowScoring.score(
        input, new NamedColumn("text", "--text-column"), function, function.fields(), "");
  }

  private static List<Row> numbered(int count) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(row(i, "text " + i * 7919 + " of some length".repeat(i % 4)));
    }
    return rows;
  }

  private static Row row(long id, String text) {
    return RowFactory.create(id, text);
  }

  private Dataset<Row> table(List<Row> rows) {
    StructType schema =
        new StructType().add("id", DataTypes.LongType).add("text", DataTypes.StringType);
    return spark.createDataFrame(rows, schema);
  }
}
