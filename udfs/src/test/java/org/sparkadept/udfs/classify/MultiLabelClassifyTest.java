package org.sparkadept.udfs.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.udfs.classify.AdeptFunctions.adept_classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.TestSpark;
import org.sparkadept.udfs.model.ModelLocation;

/** What SQL and data frames get of a model whose rows may have several labels. */
class MultiLabelClassifyTest {
  private static final List<String> LABELS = List.of("no", "yes", "grün");
  private static final double[] THRESHOLDS = {0.4, 0.6, 0.5};

  @TempDir private static Path folder;
  private static Path model;

  private final SparkSession spark = TestSpark.session();

  @BeforeAll
  static void writeModel() throws IOException {
    model = write("model");
    TinyAdept.makeMultiLabel(model, THRESHOLDS);
  }

  private static Path write(String name) throws IOException {
    return TinyCheckpoint.llama()
        .adept(TinyAdept.confidence(0.6, 1, 2, 3).withLabels("no", "yes", "grün"))
        .write(Files.createDirectory(folder.resolve(name)));
  }

  private Dataset<Row> rows() {
    return spark
        .range(60)
        .selectExpr("IF(id = 59, NULL, IF(id = 58, '', 'row ' || id * id || ' of a table')) text");
  }

  @Test
  void labelsAreThoseThatReachTheirThresholds() {
    Map<String, Object> options = Map.of("model", model.toString(), "scores", true);
    Dataset<Row> result =
        rows()
            .select(functions.col("text"), adept_classify(functions.col("text"), options).as("a"));
    StructType type = (StructType) result.schema().apply("a").dataType();
    assertEquals(
        List.of("label", "score", "labels", "scores", "exit_layer", "tokens", "truncated", "error"),
        Arrays.asList(type.fieldNames()));
    assertEquals(
        "array<struct<label:string,score:float>>", type.apply("labels").dataType().catalogString());
    int several = 0;
    for (Row row : result.collectAsList()) {
      Row answer = row.getStruct(1);
      if (row.isNullAt(0)) {
        assertNull(answer);
      } else if (row.getString(0).isEmpty()) {
        assertNull(answer.getAs("labels"), "a row that cannot be scored has no answer");
        assertFalse(answer.<String>getAs("error").isEmpty());
      } else {
        assertAnswer(answer);
        several += answer.getList(answer.fieldIndex("labels")).size() > 1 ? 1 : 0;
      }
    }
    assertTrue(several > 0);
  }

  private static void assertAnswer(Row answer) {
    List<Row> expected = new ArrayList<>();
    List<Row> scores = answer.getList(answer.fieldIndex("scores"));
    assertEquals(LABELS.size(), scores.size());
    for (Row entry : scores) {
      if (entry.getFloat(1) >= (float) THRESHOLDS[LABELS.indexOf(entry.getString(0))]) {
        expected.add(entry);
      }
    }
    assertEquals(expected, answer.getList(answer.fieldIndex("labels")), "the most probable first");
    assertEquals(expected.isEmpty() ? null : expected.get(0).getString(0), answer.getAs("label"));
    assertEquals(expected.isEmpty() ? null : expected.get(0).getFloat(1), answer.getAs("score"));
    assertTrue(answer.<Integer>getAs("exit_layer") > 0);
  }

  @Test
  void sqlReadsTheLabels() {
    rows().createOrReplaceTempView("texts");
    String call = "adept_classify(text, model => '" + model + "')";
    long exploded = spark.sql("SELECT explode(" + call + ".labels) FROM texts").count();
    long counted =
        spark
            .sql("SELECT sum(size(" + call + ".labels)) FROM texts WHERE length(text) > 0")
            .head()
            .getLong(0);
    assertEquals(counted, exploded);
    assertTrue(counted > 0);
  }

  @Test
  void aModelOfOneLabelHasNoLabels() throws IOException {
    ClassifyFunction function =
        new ClassifyFunction(
            ModelLocation.local(write("single")),
            ComputeOptions.defaults(),
            ClassifierOptions.defaults(),
            0);
    assertEquals(
        List.of("label", "score", "exit_layer", "tokens", "truncated", "error"), function.fields());
  }

  @Test
  void aModelThatHasChangedItsKindIsTold() throws IOException {
    Path changed = write("changed");
    ClassifyFunction function =
        new ClassifyFunction(
            ModelLocation.local(changed),
            ComputeOptions.defaults(),
            ClassifierOptions.defaults(),
            0);
    TinyAdept.makeMultiLabel(changed, THRESHOLDS);
    AdeptException failure =
        assertThrows(AdeptException.class, () -> function.open((name, value) -> {}));
    assertTrue(
        failure
            .getMessage()
            .contains(
                "is a multi-label model here, but the query was planned for a"
                    + " single-label one"),
        failure::getMessage);
  }
}
