package org.sparkadept.pipeline.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.evaluation.MultilabelClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.TestSpark;

/** A model of several labels as a stage of MLlib. */
class MultiLabelMllibTest {
  private static final double[] THRESHOLDS = {0.4, 0.6, 0.5};

  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    TestSpark.session();
  }

  private AdeptClassificationModel model() throws IOException {
    Path model =
        TinyCheckpoint.llama()
            .adept(TinyAdept.confidence(0.6, 1, 2, 3).withLabels("no", "yes", "maybe"))
            .write(folder.resolve("model"));
    TinyAdept.makeMultiLabel(model, THRESHOLDS);
    return AdeptClassificationModel.load(model.toString());
  }

  private static Dataset<Row> rows() {
    return TestSpark.session()
        .range(40)
        .selectExpr(
            "IF(id = 39, NULL, 'row ' || id * id) text",
            "CASE id % 3 WHEN 0 THEN array('yes', 'no', 'yes') WHEN 1 THEN array('maybe')"
                + " ELSE CAST(array() AS ARRAY<STRING>) END label");
  }

  @Test
  void predictionsAreTheLabelsThatReachTheirThresholds() throws IOException {
    AdeptClassificationModel model = model().setLabelIndexCol("index");
    assertTrue(model.isMultiLabel());
    Dataset<Row> scored = model.transform(rows());
    assertEquals(
        model.transformSchema(rows().schema()).catalogString(), scored.schema().catalogString());
    int several = 0;
    for (Row row : scored.collectAsList()) {
      if (row.isNullAt(0)) {
        assertNull(row.getAs("prediction"));
        continue;
      }
      double[] probabilities = row.<Vector>getAs("probability").toArray();
      double[] raw = row.<Vector>getAs("rawPrediction").toArray();
      List<Double> prediction = row.getList(row.fieldIndex("prediction"));
      List<Row> labels = row.getList(row.fieldIndex("predictedLabels"));
      for (int label = 0; label < 3; label++) {
        boolean reached = (float) probabilities[label] >= (float) THRESHOLDS[label];
        assertEquals(reached, prediction.contains((double) label));
        assertEquals(probabilities[label], 1 / (1 + Math.exp(-raw[label])), 1e-6);
      }
      assertEquals(prediction.size(), labels.size());
      for (int i = 0; i < labels.size(); i++) {
        int index = model.labels().indexOf(labels.get(i).getString(0));
        assertEquals((double) index, prediction.get(i));
      }
      assertEquals(
          labels.isEmpty() ? null : labels.get(0).getString(0), row.getAs("predictedLabel"));
      several += labels.size() > 1 ? 1 : 0;
    }
    assertTrue(several > 0);
    Row first = scored.head();
    assertEquals(List.of(1.0, 0.0), first.getList(first.fieldIndex("index")));
    double f1 =
        new MultilabelClassificationEvaluator()
            .setMetricName("microF1Measure")
            .setLabelCol("index")
            .evaluate(scored.filter("prediction IS NOT NULL"));
    assertTrue(f1 > 0 && f1 < 1, "F1 " + f1);
    double[] single = model.predictRaw("row 0").toArray();
    assertArrayEquals(first.<Vector>getAs("rawPrediction").toArray(), single, 1e-5);
  }

  @Test
  void whatAModelOfSeveralLabelsCannotDoIsTold() throws IOException {
    AdeptClassificationModel model = model();
    assertFails(() -> model.predict("row 1"), "does not predict one label");
    model.setLabelIndexCol("index").setLabelCol("text");
    assertFails(() -> model.transform(rows()), "must be ARRAY<STRING>: the model is multi-label");
    model.setLabelCol("label");
    model.setThresholds(new double[] {1, 1, 1});
    assertFails(() -> model.transform(rows()), "label_thresholds");
    AdeptClassificationModel single =
        AdeptClassificationModel.load(
            TinyCheckpoint.llama().labels("a", "b").write(folder.resolve("single")).toString());
    assertFalse(single.isMultiLabel());
    single.setLabelIndexCol("index");
    assertFails(() -> single.transform(rows()), "must not be ARRAY<STRING>: the model is single");
  }

  private static void assertFails(Runnable call, String said) {
    AdeptException failure = assertThrows(AdeptException.class, call::run);
    assertTrue(failure.getMessage().contains(said), failure.getMessage());
  }

  @Test
  void aSavedModelIsStillOfSeveralLabels() throws IOException {
    String saved = folder.resolve("saved").toString();
    model().write().save(saved);
    assertTrue(AdeptClassificationModel.load(saved).isMultiLabel());
  }
}
