package org.sparkadept.pipeline.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.udfs.classify.AdeptFunctions.adept_classify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.TestSpark;

/** The columns that the model adds, as MLlib's evaluators and transformers use them. */
class MllibColumnsTest {
  private static final int ROWS = 90;

  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    TestSpark.session();
  }

  private AdeptClassificationModel model(String... labels) throws IOException {
    Path model =
        TinyCheckpoint.llama()
            .labels(labels)
            .adept(TinyAdept.confidence(0.6, 1, 2, 3))
            .write(folder.resolve("model"));
    return AdeptClassificationModel.load(model.toString());
  }

  private static Dataset<Row> rows(String... labels) {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < 6; c++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      rows.add(RowFactory.create(text.toString(), labels[random.nextInt(labels.length)]));
    }
    return TestSpark.session()
        .createDataFrame(
            rows,
            new StructType().add("text", DataTypes.StringType).add("label", DataTypes.StringType));
  }

  private static double[] vector(Row row, String column) {
    return row.<Vector>getAs(column).toArray();
  }

  @Test
  void probabilitiesAreThoseOfSqlAndRawPredictionsTheirLogarithms() throws IOException {
    AdeptClassificationModel model = model("no", "yes", "maybe");
    assertEquals(3, model.numClasses());
    Map<String, String> options = Map.of("model", model.directory(), "scores", "true");
    List<Row> rows =
        model
            .transform(rows("no"))
            .withColumn("sql", adept_classify(functions.col("text"), options))
            .selectExpr("*", "map_from_entries(sql.scores) scores")
            .collectAsList();
    for (Row row : rows) {
      double[] probabilities = vector(row, "probability");
      double[] raw = vector(row, "rawPrediction");
      Map<String, Float> scores = row.getJavaMap(row.fieldIndex("scores"));
      double sum = 0;
      for (int label = 0; label < 3; label++) {
        assertEquals(scores.get(model.labels().get(label)).doubleValue(), probabilities[label]);
        assertEquals(Math.log(probabilities[label]), raw[label], 1e-6);
        sum += Math.exp(raw[label]);
      }
      assertEquals(1, sum, 1e-6);
      int answer = (int) row.<Double>getAs("prediction").doubleValue();
      assertEquals(model.labels().get(answer), row.getAs("predictedLabel"));
      assertEquals(row.<Float>getAs("score").doubleValue(), probabilities[answer]);
    }
    String text = rows.get(0).getAs("text");
    assertEquals(rows.get(0).<Vector>getAs("rawPrediction"), model.predictRaw(text));
    assertEquals(rows.get(0).<Double>getAs("prediction"), model.predict(text));
    assertEquals(
        0,
        new IndexToString()
            .setInputCol("prediction")
            .setOutputCol("name")
            .transform(model.transform(rows("no")))
            .filter("name <> predictedLabel")
            .count());
  }

  @Test
  void confidentAnswersRemainApart() {
    double[] raw = Probabilities.logarithms(Vectors.dense(1, 1e-20, 0)).toArray();
    assertEquals(-1e-20, raw[0], 1e-30);
    assertEquals(Math.log(1e-20), raw[1], 1e-9);
    assertTrue(raw[2] > -104 && raw[2] < raw[1]);
  }

  @Test
  void theAreaUnderTheCurveIsTheShareOfPairsInOrder() throws IOException {
    AdeptClassificationModel model = model("no", "yes").setLabelIndexCol("truth");
    Dataset<Row> scored = model.transform(rows("no", "yes"));
    List<Row> rows = scored.collectAsList();
    double inOrder = 0;
    double pairs = 0;
    for (Row yes : rows) {
      for (Row no : rows) {
        if (yes.<Double>getAs("truth") == 1 && no.<Double>getAs("truth") == 0) {
          double difference = vector(yes, "probability")[1] - vector(no, "probability")[1];
          inOrder += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
          pairs++;
        }
      }
    }
    BinaryClassificationEvaluator evaluator =
        new BinaryClassificationEvaluator().setLabelCol("truth").setNumBins(0);
    assertTrue(pairs > 500);
    assertEquals(inOrder / pairs, evaluator.evaluate(scored), 1e-9);
    assertEquals(
        inOrder / pairs, evaluator.setRawPredictionCol("probability").evaluate(scored), 1e-9);
  }

  @Test
  void thresholdsChooseTheAnswer() throws IOException {
    AdeptClassificationModel model = model("no", "yes", "maybe");
    Dataset<Row> rows = rows("no", "yes", "maybe");
    List<Row> plain = model.transform(rows).collectAsList();
    double[] thresholds = {0.9, 0.05, 0.5};
    model.setThresholds(thresholds).setLabelIndexCol("truth");
    Dataset<Row> moved = model.transform(rows);
    int changed = 0;
    double correct = 0;
    List<Row> answers = moved.collectAsList();
    for (int i = 0; i < ROWS; i++) {
      double[] p = vector(plain.get(i), "probability");
      int expected = 0;
      for (int label = 1; label < 3; label++) {
        expected =
            p[label] / thresholds[label] > p[expected] / thresholds[expected] ? label : expected;
      }
      Row row = answers.get(i);
      assertEquals(expected, row.<Double>getAs("prediction"));
      assertEquals(model.labels().get(expected), row.getAs("predictedLabel"));
      assertEquals((float) p[expected], row.<Float>getAs("score"));
      assertEquals(expected, model.predict(row.<String>getAs("text")));
      changed += expected == plain.get(i).<Double>getAs("prediction") ? 0 : 1;
      correct += row.getAs("label").equals(row.getAs("predictedLabel")) ? 1 : 0;
    }
    assertTrue(changed > 5, "changed " + changed);
    assertEquals(
        correct / ROWS,
        new MulticlassClassificationEvaluator()
            .setMetricName("accuracy")
            .setLabelCol("truth")
            .evaluate(moved),
        1e-12);

    refuses("2 values, but the model has 3 labels: no, yes, maybe", model, 1, 1);
    refuses("are [0.0, 0.0, 1.0]", model, 0, 0, 1);
    refuses("are [1.0, -1.0, 1.0]", model, 1, -1, 1);
  }

  private static void refuses(
      String message, AdeptClassificationModel model, double... thresholds) {
    model.setThresholds(thresholds);
    AdeptException thrown = assertThrows(AdeptException.class, () -> model.transform(rows("no")));
    assertTrue(thrown.getMessage().contains(message), thrown.getMessage());
  }

  @Test
  void columnsWithoutANameAreLeftOutAndRowsWithoutAnswerHaveNone() throws IOException {
    AdeptClassificationModel model = model("no", "yes");
    Dataset<Row> rows = rows("no").limit(1);
    Dataset<Row> unanswered =
        model
            .setLabelIndexCol("truth")
            .transform(
                rows.selectExpr("'' text", "label")
                    .union(rows.selectExpr("cast(null as string)", "label")));
    List<Row> none = unanswered.collectAsList();
    for (Row row : none) {
      for (String column : List.of("rawPrediction", "probability", "prediction", "score")) {
        assertNull(row.getAs(column));
      }
    }
    assertEquals("text is empty", none.get(0).getAs("error"));
    MulticlassClassificationEvaluator evaluator =
        new MulticlassClassificationEvaluator().setMetricName("accuracy").setLabelCol("truth");
    Dataset<Row> all = unanswered.union(model.transform(rows));
    assertThrows(Exception.class, () -> evaluator.evaluate(all));
    assertTrue(evaluator.evaluate(all.filter("prediction IS NOT NULL")) >= 0);

    model.set("rawPredictionCol", "").set("probabilityCol", "").set("predictionCol", "");
    model.setLabelIndexCol("").setScoreCol("").setExitLayerCol("").setErrorCol("");
    Dataset<Row> few = model.transform(rows);
    assertEquals(List.of("text", "label", "predictedLabel"), List.of(few.columns()));
    assertEquals(few.schema(), model.transformSchema(rows.schema()));
    assertEquals(1, few.filter("predictedLabel in ('no', 'yes')").count());
  }

  @Test
  void aModelDirectoryIsLoadedWhereItIs() throws IOException {
    AdeptClassificationModel model = model("no", "yes");
    Path directory = folder.resolve("model");
    assertEquals(directory.toString(), model.directory());
    String saved = folder.resolve("saved").toString();
    model.write().save(saved);
    Dataset<Row> rows = rows("no");
    assertEquals(
        AdeptClassificationModel.load(saved).transform(rows).collectAsList(),
        AdeptClassificationModel.load(directory.toUri().toString())
            .transform(rows)
            .collectAsList());

    Path backbone = TinyCheckpoint.llama().withoutHead().write(folder.resolve("backbone"));
    refusesToLoad("it cannot classify before", backbone);
    refusesToLoad("nothing", folder.resolve("nothing"));
  }

  private static void refusesToLoad(String message, Path path) {
    AdeptException thrown =
        assertThrows(AdeptException.class, () -> AdeptClassificationModel.load(path.toString()));
    assertTrue(thrown.getMessage().contains(message), thrown.getMessage());
  }
}
