package org.sparkadept.pipeline.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.OneVsRest;
import org.apache.spark.ml.classification.OneVsRestModel;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.ShutdownHookManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

/** The classifier within MLlib's own estimators. */
class MllibStagesTest {
  @TempDir Path folder;
  private Path models;
  private AdeptClassifier classifier;

  @BeforeEach
  void makeAClassifier() throws IOException {
    Path backbone =
        TinyCheckpoint.llama().withoutHead().write(Files.createDirectory(folder.resolve("b")));
    models = folder.resolve("models");
    classifier =
        new AdeptClassifier()
            .setModelPath(backbone.toString())
            .setTempPath(models.toString())
            .setExitLayers(new int[] {1, 3})
            .setTokenExit(false)
            .setMaxDisagreement(0.05)
            .setDelta(0.1);
  }

  private List<Path> directories() throws IOException {
    try (Stream<Path> found = Files.list(models)) {
      return found.toList();
    }
  }

  private static double accuracy(String label, Dataset<Row> scored) {
    return new MulticlassClassificationEvaluator()
        .setMetricName("accuracy")
        .setLabelCol(label)
        .evaluate(scored);
  }

  @Test
  void everyFitOfACrossValidatorMakesAModelOfItsOwn() throws IOException {
    ParamMap[] grid =
        new ParamGridBuilder().addGrid(classifier.beta(), new double[] {0.05, 0.5}).build();
    CrossValidatorModel fitted =
        new CrossValidator()
            .setEstimator(classifier.setLabelIndexCol("labelIndex"))
            .setEvaluator(new MulticlassClassificationEvaluator().setLabelCol("labelIndex"))
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setParallelism(2)
            .setCollectSubModels(true)
            .fit(FitRows.of(800, 1));

    Set<Path> used = new HashSet<>();
    for (org.apache.spark.ml.Model<?>[] fold : fitted.subModels()) {
      for (org.apache.spark.ml.Model<?> model : fold) {
        used.add(Path.of(((AdeptClassificationModel) model).directory()));
      }
    }
    AdeptClassificationModel best = (AdeptClassificationModel) fitted.bestModel();
    used.add(Path.of(best.directory()));
    assertEquals(5, used.size());
    assertEquals(used, Set.copyOf(directories()));
    for (Path directory : used) {
      assertTrue(ShutdownHookManager.hasShutdownDeleteDir(directory.toFile()));
    }
    assertTrue(fitted.avgMetrics()[0] > 0.7 && fitted.avgMetrics()[1] > 0.7);
  }

  @Test
  void aNamedOutputIsMadeOnce() throws IOException {
    Path output = folder.resolve("fitted");
    CrossValidator validator =
        new CrossValidator()
            .setEstimator(classifier.setOutputPath(output.toString()).setLabelIndexCol("index"))
            .setEvaluator(new MulticlassClassificationEvaluator().setLabelCol("index"))
            .setEstimatorParamMaps(new ParamMap[] {new ParamMap()})
            .setNumFolds(2);
    Exception thrown = assertThrows(Exception.class, () -> validator.fit(FitRows.of(800, 1)));
    assertEquals(AdeptException.class, thrown.getCause().getClass());
    String message = thrown.getCause().getMessage();
    assertTrue(message.contains("fitted exists. Where a CrossValidator"), message);
    byte[] first = Files.readAllBytes(output.resolve("adept.json"));
    assertThrows(AdeptException.class, () -> classifier.fit(FitRows.of(800, 2)));
    assertArrayEquals(first, Files.readAllBytes(output.resolve("adept.json")));

    classifier.setOutputPath(classifier.getOrDefault(classifier.modelPath()));
    assertThrows(AdeptException.class, () -> classifier.fit(FitRows.of(800, 1)));
  }

  /** The indexer numbers labels by frequency, so not by the alphabet. */
  @Test
  void predictionsAreTheIndicesOfAStringIndexer() throws IOException {
    Dataset<Row> rows =
        FitRows.of(1200, 1)
            .filter("label <> 'low' or length(text) > 12")
            .filter("label <> 'top'")
            .union(FitRows.of(1200, 1).filter("label = 'top'"));
    StringIndexer indexer = new StringIndexer().setInputCol("label").setOutputCol("index");
    Pipeline pipeline =
        new Pipeline().setStages(new PipelineStage[] {indexer, classifier.setLabelCol("index")});
    TrainValidationSplitModel fitted =
        new TrainValidationSplit()
            .setEstimator(pipeline)
            .setEvaluator(new MulticlassClassificationEvaluator().setLabelCol("index"))
            .setEstimatorParamMaps(
                new ParamGridBuilder().addGrid(classifier.lambda(), new double[] {1, 2}).build())
            .setTrainRatio(0.8)
            .setParallelism(2)
            .fit(rows);
    String path = folder.resolve("saved").toString();
    fitted.write().overwrite().save(path);
    PipelineModel best = (PipelineModel) TrainValidationSplitModel.load(path).bestModel();

    List<String> names = List.of(((StringIndexerModel) best.stages()[0]).labelsArray()[0]);
    assertEquals("low", names.get(2));
    assertEquals(names, ((AdeptClassificationModel) best.stages()[1]).labels());
    Dataset<Row> scored = best.transform(rows);
    double byHand = scored.filter("predictedLabel = label").count() / (double) rows.count();
    assertTrue(byHand > 0.85, "by hand " + byHand);
    assertEquals(byHand, accuracy("index", scored), 1e-12);
  }

  @Test
  void oneVsRestFitsAModelForEachLabel() throws IOException {
    Dataset<Row> rows =
        FitRows.of(600, 1)
            .selectExpr(
                "text", "case label when 'low' then 0D when 'middle' then 1D else 2D end n");
    OneVsRestModel fitted =
        new OneVsRest().setClassifier(classifier).setFeaturesCol("text").setLabelCol("n").fit(rows);
    String path = folder.resolve("saved").toString();
    fitted.write().overwrite().save(path);

    Dataset<Row> scored = OneVsRestModel.load(path).transform(rows);

    assertEquals(3, fitted.models().length);
    double byHand = scored.filter("prediction = n").count() / 600.0;
    assertTrue(byHand > 0.85, "by hand " + byHand);
    assertEquals(byHand, accuracy("n", scored), 1e-12);
    assertFalse(Set.of(scored.columns()).contains("exitLayer"));
  }
}
