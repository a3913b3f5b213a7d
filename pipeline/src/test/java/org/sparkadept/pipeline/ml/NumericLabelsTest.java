package org.sparkadept.pipeline.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.table.LabelNames;

/** Labels that are numbers: what MLlib's evaluators say is what counting by hand says. */
class NumericLabelsTest {
  private static final int ROWS = 120;

  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    TestSpark.session();
  }

  /** The numbers {@code first, first + step, …}, in a random order. */
  private static List<Double> labels(int count, double first, double step) {
    List<Double> labels =
        new ArrayList<>(IntStream.range(0, count).mapToObj(i -> first + i * step).toList());
    Collections.shuffle(labels, new Random(count));
    return labels;
  }

  private static Dataset<Row> texts() {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < 8; c++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      rows.add(RowFactory.create(text.toString(), i));
    }
    return TestSpark.session()
        .createDataFrame(
            rows,
            new StructType().add("text", DataTypes.StringType).add("row", DataTypes.IntegerType));
  }

  private AdeptClassificationModel model(List<Double> labels) throws IOException {
    StructField column = new StructType().add("label", DataTypes.DoubleType).apply("label");
    Dataset<Row> shuffled =
        TestSpark.session()
            .createDataFrame(
                labels.stream().map(label -> RowFactory.create(label)).toList(),
                new StructType().add(column));
    List<String> names =
        shuffled.select(LabelNames.column(column)).collectAsList().stream()
            .map(row -> row.getString(0))
            .toList();
    String[] ordered = LabelNames.ordered(column, names).toArray(new String[0]);
    Path model =
        TinyCheckpoint.llama()
            .withoutHead()
            .adept(TinyAdept.confidence(0.6, 1, 2, 3).withLabels(ordered))
            .write(Files.createDirectory(folder.resolve("model")));
    return AdeptClassificationModel.load(model.toString()).setLabelIndexCol("labelIndex");
  }

  /** True labels: those that the model answers with, but another in every fourth row. */
  private static Dataset<Row> labelled(
      AdeptClassificationModel model, List<Double> labels, String type) {
    List<Row> rows = new ArrayList<>();
    for (Row row :
        model.copy(new ParamMap()).setLabelIndexCol("").transform(texts()).collectAsList()) {
      double answer = Double.parseDouble(row.getAs("predictedLabel"));
      int other = (labels.indexOf(answer) + 1) % labels.size();
      boolean wrong = row.<Integer>getAs("row") % 4 == 0;
      rows.add(RowFactory.create(row.getAs("text"), wrong ? labels.get(other) : answer));
    }
    return TestSpark.session()
        .createDataFrame(
            rows,
            new StructType().add("text", DataTypes.StringType).add("label", DataTypes.DoubleType))
        .selectExpr("text", "cast(label as " + type + ") label");
  }

  @ParameterizedTest
  @CsvSource({
    "2, 0, 1, int",
    "3, 1, 1, double",
    "4, -2, 1, bigint",
    "5, -1, 0.5, double",
    "6, 0.25, 0.25, float",
    "7, -3, 1, double",
    "8, -9.5, 3.5, 'decimal(10,3)'",
    "9, 5, 5, 'decimal(10,3)'",
    "10, 0, 1, double",
    "11, 0, 1, int",
    "12, -6, 1, double",
    "12, 0, 1, smallint",
    "12, -30, 5.5, float"
  })
  void evaluatorsAgreeWithCountingByHand(int count, double first, double step, String type)
      throws IOException {
    List<Double> labels = labels(count, first, step);
    AdeptClassificationModel model = model(labels);
    assertEquals(
        labels.stream().sorted().toList(),
        model.labels().stream().map(Double::parseDouble).toList());

    Dataset<Row> scored = model.transform(labelled(model, labels, type)).cache();
    List<Row> rows =
        scored.selectExpr("cast(label as double)", "predictedLabel", "probability").collectAsList();
    long correct =
        rows.stream()
            .filter(row -> Double.parseDouble(row.getString(1)) == row.getDouble(0))
            .count();
    List<Double> ascending = labels.stream().sorted().toList();
    double loss =
        rows.stream()
            .mapToDouble(row -> row.<Vector>getAs(2).apply(ascending.indexOf(row.getDouble(0))))
            .map(p -> -Math.log(Math.max(p, 1e-15)))
            .average()
            .orElseThrow();
    scored.unpersist();

    assertEquals(ROWS * 3 / 4, correct);
    assertEquals(0.75, evaluate("accuracy", scored), 1e-12);
    assertEquals(loss, evaluate("logLoss", scored), 1e-9);
  }

  private static double evaluate(String metric, Dataset<Row> scored) {
    return new MulticlassClassificationEvaluator()
        .setMetricName(metric)
        .setLabelCol("labelIndex")
        .evaluate(scored);
  }

  @Test
  void aFitNumbersLabelsByTheirValueAndKnowsThemByEverySpelling() throws IOException {
    Path backbone =
        TinyCheckpoint.llama().withoutHead().write(Files.createDirectory(folder.resolve("b")));
    List<Row> rows = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < 900; i++) {
      int label = i % 12 - 1;
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < 4 + random.nextInt(8); c++) {
        text.append((char) ('a' + 2 * (label + 1) + random.nextInt(2)));
      }
      rows.add(RowFactory.create(text.toString(), label));
    }
    Dataset<Row> integers =
        TestSpark.session()
            .createDataFrame(
                rows,
                new StructType()
                    .add("text", DataTypes.StringType)
                    .add("label", DataTypes.IntegerType));

    AdeptClassificationModel model =
        new AdeptClassifier()
            .setModelPath(backbone.toString())
            .setTempPath(folder.toString())
            .setExitLayers(new int[] {1, 3})
            .setTokenExit(false)
            .setMaxDisagreement(0.05)
            .setDelta(0.1)
            .setLabelIndexCol("labelIndex")
            .fit(integers);

    assertEquals(
        List.of("-1", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"), model.labels());
    for (String type : List.of("int", "double", "decimal(5,2)", "string")) {
      Dataset<Row> scored =
          model.transform(integers.withColumn("label", integers.col("label").cast(type)));
      double byHand =
          scored.filter("predictedLabel = cast(cast(label as int) as string)").count() / 900.0;
      assertTrue(byHand > 0.9, type + " " + byHand);
      assertEquals(byHand, evaluate("accuracy", scored), 1e-12, type);
    }
  }

  @Test
  void aLabelThatTheModelDoesNotHaveIsNamedAndNoLabelIsNull() throws IOException {
    AdeptClassificationModel model = model(List.of(3.0, -1.0, 2.5));
    Dataset<Row> none = texts().limit(1).selectExpr("text", "double('NaN') label");
    assertNull(model.transform(none).select("labelIndex").first().get(0));

    Dataset<Row> unknown = model.transform(texts().limit(1).selectExpr("text", "0 label"));
    Exception thrown =
        assertThrows(Exception.class, () -> unknown.select("labelIndex").collectAsList());
    assertTrue(
        thrown
            .getMessage()
            .contains(
                "The model does not know the label '0' of column 'label'. It knows -1, 2.5, 3."),
        thrown.getMessage());
  }
}
