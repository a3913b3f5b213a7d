package org.sparkadept.pipeline.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.ml.fit.AdeptFit;
import org.sparkadept.pipeline.ml.fit.FitResult;
import org.sparkadept.pipeline.ml.fit.FitSettings;
import org.sparkadept.pipeline.report.data.Fit;

/** The estimator on tiny backbones and texts that are easy to tell apart. */
class AdeptClassifierTest {
  @TempDir Path folder;

  private AdeptClassifier classifier(Path model) {
    return new AdeptClassifier()
        .setModelPath(model.toString())
        .setOutputPath(folder.resolve("fitted").toString())
        .setMaxDisagreement(0.05)
        .setDelta(0.1)
        .setTokenExitMinTokens(0)
        .setMapperTokens(2000);
  }

  private Path backbone() throws IOException {
    return TinyCheckpoint.llama()
        .withoutHead()
        .write(Files.createDirectory(folder.resolve("backbone")));
  }

  @Test
  void theBestReadOutEndsTheBackboneAndAnInterruptedFitGoesOn() throws IOException {
    FitSettings settings = classifier(backbone()).setHeadInput("class_token_and_mean").settings();
    FitResult result = afterAnInterruption(settings, List.of("states"));

    double best = result.readOuts().stream().mapToDouble(Fit.ReadOut::accuracy).max().orElseThrow();
    int reference = result.exitLayers()[result.exitLayers().length - 1];
    Fit.ReadOut chosen =
        result.readOuts().stream().filter(at -> at.layer() == reference).findFirst().orElseThrow();
    assertEquals("class_token_and_mean", chosen.input());
    assertTrue(chosen.accuracy() > best - 0.03, chosen + " of " + best);
    try (LoadedModel model = LoadedModel.open(result.model(), ComputeOptions.defaults())) {
      assertEquals(reference, model.exitLayers().get(model.exitLayers().size() - 1));
      assertEquals(result.checkpointLayers(), model.layers());
    }
  }

  @Test
  void whatTokenExitsTookIsNotDoneTwice() throws IOException {
    FitSettings settings = classifier(backbone()).setDepth("full").settings();
    List<String> passes = List.of("states", "hidden state mapper", "token policies");
    assertFalse(afterAnInterruption(settings, passes).mapperErrors().isEmpty());
  }

  /** Interrupts a fit in its last pass, and runs it again, which takes up the passes named. */
  private static FitResult afterAnInterruption(FitSettings settings, List<String> passes)
      throws IOException {
    Dataset<Row> rows = FitRows.of(900, 1);
    SparkSession spark = TestSpark.session();
    List<String> first = new ArrayList<>();
    AdeptFit interrupted =
        new AdeptFit(
            spark,
            settings,
            step -> {
              first.add(step);
              if (step.contains("pass 5")) {
                throw new IllegalStateException("interrupted");
              }
            });
    assertThrows(IllegalStateException.class, () -> interrupted.run(rows, 2));
    assertTrue(first.get(first.size() - 1).contains("goes on from there"), first::toString);
    assertFalse(Files.exists(settings.output()));

    List<String> second = new ArrayList<>();
    FitResult result = new AdeptFit(spark, settings, second::add).run(rows, 2);
    for (String pass : passes) {
      assertTrue(
          second.stream().anyMatch(step -> step.contains(pass) && step.contains("earlier run")),
          () -> pass + " of " + second);
    }
    try (Stream<Path> entries = Files.list(settings.output().toAbsolutePath().getParent())) {
      assertEquals(0, entries.filter(entry -> entry.toString().endsWith(".fit")).count());
    }
    return result;
  }

  private static double accuracy(Dataset<Row> scored) {
    return new MulticlassClassificationEvaluator()
        .setMetricName("accuracy")
        .setLabelCol("labelIndex")
        .evaluate(scored);
  }

  @Test
  void aBackboneWithoutHeadLearnsToClassifyAndToLeaveEarly() throws IOException {
    AdeptClassificationModel model =
        classifier(backbone()).setDepth("full").fit(FitRows.of(900, 1));
    FitResult result = model.fitResult().orElseThrow();
    assertEquals(List.of("low", "middle", "top"), model.labels());
    assertTrue(result.choice().found());
    assertTrue(result.choice().compute() < 0.9, "compute " + result.choice().compute());
    assertFalse(result.mapperErrors().isEmpty());

    Dataset<Row> scored = model.setLabelIndexCol("labelIndex").transform(FitRows.of(300, 2));
    assertTrue(accuracy(scored) > 0.85, "accuracy " + accuracy(scored));
    assertEquals(0, scored.filter("error is not null or prediction is null").count());
    assertEquals(
        0,
        scored
            .filter(
                "element_at(array('low','middle','top'), cast(prediction + 1 as int))"
                    + " != predictedLabel")
            .count());

    JsonNode json = new ObjectMapper().readTree(folder.resolve("fitted/adept.json").toFile());
    assertEquals("adept", json.at("/policy/kind").asText());
    assertEquals(1.0, json.at("/policy/lambda").asDouble());
    assertEquals("maxDisagreement", json.at("/calibration/target").asText());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.filter(file -> file.getFileName().toString().startsWith(".")).count());
    }
  }

  @Test
  void shortRowsHaveNoTokenExits() throws IOException {
    FitSettings settings =
        classifier(backbone()).setDepth("full").setTokenExitMinTokens(50).settings();
    List<String> steps = new ArrayList<>();
    FitResult result =
        new AdeptFit(TestSpark.session(), settings, steps::add).run(FitRows.of(600, 1), 2);
    assertTrue(result.mapperErrors().isEmpty());
    assertFalse(result.choice().tokens());
    assertTrue(
        steps.stream().anyMatch(step -> step.contains("fewer than 50 (--token-exit-min-tokens)")),
        steps::toString);
  }

  @Test
  void classifyReadsWhatWasFitted() throws IOException {
    classifier(backbone()).setTokenExit(false).fit(FitRows.of(600, 1));
    Path input = folder.resolve("in");
    FitRows.of(50, 3).write().parquet(input.toString());
    CommandRun.of(
            "classify",
            "-i",
            input,
            "-o",
            folder.resolve("out"),
            "--output-prefix",
            "a_",
            "--model",
            folder.resolve("fitted"))
        .assertOk();
    Dataset<Row> answers = TestSpark.session().read().parquet(folder.resolve("out").toString());
    assertTrue(answers.filter("a_label = label").count() > 40);
  }

  @Test
  void fittingInPlaceReplacesTheAdeptFilesAndTheNextAnswerComesFromThem() throws IOException {
    Path model = backbone();
    AdeptClassifier classifier =
        classifier(model).setOutputPath(model.toString()).setTokenExit(false);
    new AdeptFit(TestSpark.session(), classifier.settings(), step -> {}).run(FitRows.of(600, 1), 0);
    byte[] first = Files.readAllBytes(model.resolve("adept.safetensors"));
    Dataset<Row> swapped =
        FitRows.of(600, 1)
            .withColumn(
                "label",
                functions.expr("if(label = 'low', 'top', if(label = 'top', 'low', label))"));
    classifier.setHeads("fit");
    new AdeptFit(TestSpark.session(), classifier.settings(), step -> {}).run(swapped, 0);
    assertFalse(
        java.util.Arrays.equals(first, Files.readAllBytes(model.resolve("adept.safetensors"))));
    Dataset<Row> scored = AdeptClassificationModel.load(model.toString()).transform(swapped);
    assertTrue(scored.filter("predictedLabel = label").count() > 500);
  }

  @Test
  void headsThatCoverTheLabelsAreKept() throws IOException {
    Path model =
        TinyCheckpoint.qwen3()
            .labels("low", "middle", "top", "unused")
            .adept(TinyAdept.confidence(0.6, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve("backbone")));
    FitResult result =
        classifier(model).setTokenExit(false).fit(FitRows.of(600, 1)).fitResult().orElseThrow();
    assertTrue(result.keptHeads());
    assertEquals(List.of("low", "middle", "top", "unused"), result.labels());
    assertFalse(isEnsemble(result));
  }

  private FitResult fitted(Path model, String name) {
    return classifier(model)
        .setOutputPath(folder.resolve(name).toString())
        .setTokenExit(false)
        .fit(FitRows.of(600, 1))
        .fitResult()
        .orElseThrow();
  }

  private static boolean isEnsemble(FitResult result) {
    try (ModelDirectory directory = ModelDirectory.open(result.model())) {
      return directory.adept().orElseThrow().ensemble();
    }
  }

  @Test
  void newHeadsMakeAnEnsembleUnlessTheCheckpointsOwnIsTheReference() throws IOException {
    FitResult first = fitted(backbone(), "first");
    assertTrue(isEnsemble(first));
    FitResult second = fitted(first.model(), "second");
    assertTrue(second.keptHeads());
    assertTrue(isEnsemble(second));
    Path withHead =
        TinyCheckpoint.llama()
            .labels("low", "middle", "top")
            .write(Files.createDirectory(folder.resolve("classifier")));
    assertFalse(isEnsemble(fitted(withHead, "third")));
    AdeptClassifier anew = classifier(withHead).setHeads("fit").setDepth("2").setTokenExit(false);
    FitResult fourth =
        anew.setOutputPath(folder.resolve("fourth").toString())
            .fit(FitRows.of(600, 1))
            .fitResult()
            .orElseThrow();
    assertTrue(isEnsemble(fourth));
    FitResult fifth =
        classifier(fourth.model())
            .setDepth("full")
            .setTokenExit(false)
            .fit(FitRows.of(600, 1))
            .fitResult()
            .orElseThrow();
    assertTrue(fifth.keptHeads());
    assertFalse(isEnsemble(fifth));
  }

  @Test
  void itIsAStageOfAPipelineAndIsSavedAndLoaded() throws IOException {
    AdeptClassifier classifier =
        classifier(backbone()).setLabelIndexCol("labelIndex").setTokenExit(false);
    classifier.write().overwrite().save(folder.resolve("estimator").toString());
    AdeptClassifier loaded = AdeptClassifier.load(folder.resolve("estimator").toString());
    assertEquals(classifier.extractParamMap().size(), loaded.extractParamMap().size());
    assertEquals(0.05, (double) loaded.getOrDefault(loaded.maxDisagreement()));

    PipelineModel fitted =
        new Pipeline().setStages(new PipelineStage[] {loaded}).fit(FitRows.of(600, 1));
    Dataset<Row> rows = FitRows.of(100, 4);
    List<Row> expected = fitted.transform(rows).collectAsList();
    fitted.write().overwrite().save(folder.resolve("pipeline").toString());
    Files.move(folder.resolve("fitted"), folder.resolve("gone"), StandardCopyOption.ATOMIC_MOVE);
    PipelineModel again = PipelineModel.load(folder.resolve("pipeline").toString());
    assertEquals(expected, again.transform(rows).collectAsList());
    assertEquals(again.transformSchema(rows.schema()), again.transform(rows).schema());
  }

  @Test
  void everyParamIsListedWithItsDefault() {
    AdeptClassifier classifier = new AdeptClassifier().setFeaturesCol("body").setLambda(2);
    assertEquals(46, classifier.params().length);
    String explained = classifier.explainParams();
    assertTrue(explained.contains("(default: text, current: body)"), explained);
    assertTrue(explained.contains("(> 0) (default: 1.0, current: 2.0)"), explained);

    AdeptClassificationModel model =
        new AdeptClassificationModel("m", "d", List.of(), false, null)
            .setMaxTokens(9)
            .setErrorCol("e");
    assertEquals(18, model.params().length);
    assertEquals(9, (int) model.getOrDefault(model.maxTokens()));
    assertEquals(9, (int) model.copy(new ParamMap()).getOrDefault(model.maxTokens()));
  }

  private void refuses(String message, AdeptClassifier classifier, Dataset<Row> rows) {
    AdeptException thrown = assertThrows(AdeptException.class, () -> classifier.fit(rows));
    assertTrue(thrown.getMessage().contains(message), thrown.getMessage());
    assertFalse(Files.exists(folder.resolve("fitted")));
  }

  @Test
  void badInputIsRefused() throws IOException {
    Path model = backbone();
    Dataset<Row> rows = FitRows.of(90, 1);
    refuses("All rows have the label 'top'", classifier(model), rows.filter("label = 'top'"));
    long early = rows.filter("text < 'l'").count();
    refuses(
        early + " rows have no label in column 'label' (NULL, NaN or blank)",
        classifier(model),
        rows.withColumn("label", functions.expr("if(text < 'l', null, label)")));
    refuses(
        "needs at least 688",
        classifier(model).setMaxDisagreement(0.005).setDelta(0.0318 * 2),
        rows);
    refuses("lambda must be a number above 0", classifier(model).setLambda(0), rows);
    refuses("beta must be a number above 0", classifier(model).setBeta(-1), rows);
    refuses(
        "lambda must be a number above 0",
        classifier(model).setLambda(Double.POSITIVE_INFINITY),
        rows);
    refuses("lie in 1 to 3", classifier(model).setExitLayers(new int[] {1, 4}), rows);
    refuses("not both", classifier(model).setMaxAccuracyLoss(0.1), rows);
    refuses(
        "no column 'topic' (labelCol). It has text STRING, label STRING.",
        classifier(model).setLabelCol("topic"),
        rows);
    refuses(
        "allowed are train, validation and calibration",
        classifier(model).setSplitCol("s"),
        rows.withColumn("s", functions.lit("test")));
    refuses(
        "not in the train split",
        classifier(model).setSplitCol("s"),
        rows.withColumn(
            "s",
            functions.expr(
                "if(label = 'top', 'calibration', if(text < 'b', 'validation', 'train'))")));
    refuses(
        "fewer than there are labels",
        classifier(model).setSplitCol("s"),
        rows.withColumn("s", functions.expr("if(text < 'b', 'validation', 'calibration')")));
  }

  @Test
  void rowsWithoutTextAreCountedAndRefused() throws IOException {
    Dataset<Row> rows = FitRows.of(90, 1);
    Dataset<Row> gaps =
        rows.union(rows.filter("label = 'top'").limit(7).withColumn("text", functions.lit("")))
            .union(rows.filter("label = 'top'").limit(4).withColumn("text", functions.lit("  ")))
            .union(rows.filter("label = 'low'").limit(2).withColumn("text", noText()));
    refuses(
        "13 rows have no text in column 'body' (NULL: 2, empty or only spaces: 11), such as one"
            + " with the label 'top'; keep the rows where trim(`body`) <> ''.",
        classifier(backbone()).setFeaturesCol("body"),
        gaps.withColumnRenamed("text", "body"));
    assertEquals(90, gaps.filter("trim(`text`) <> ''").count());
  }

  private static Column noText() {
    return functions.lit(null).cast("string");
  }

  @Test
  void theSessionSaysWhichGpuAndHowMuchOfIt() throws IOException {
    AdeptClassifier classifier = classifier(backbone()).setTokenExit(false);
    Dataset<Row> rows = FitRows.of(600, 1);
    String key = "spark.adept.gpu.waveMemory";
    rows.sparkSession().conf().set(key, "0");
    try {
      refuses(key + " must be a size above 0", classifier, rows);
      rows.sparkSession().conf().unset(key);
      AdeptClassificationModel model = classifier.fit(rows);
      rows.sparkSession().conf().set(key, "0");
      assertThrows(AdeptException.class, () -> model.transform(rows));
    } finally {
      rows.sparkSession().conf().unset(key);
    }
  }

  @Test
  void aDirectoryThatWasFittedForAnotherCheckpointIsRefused() throws IOException {
    Path model =
        TinyCheckpoint.llama()
            .labels("low", "middle", "top")
            .adept(TinyAdept.confidence(0.6, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve("backbone")));
    TinyCheckpoint.llama().labels("low", "middle", "top").layers(3).mlpWidth(41).write(model);
    refuses("was fitted for another checkpoint", classifier(model), FitRows.of(90, 1));
  }
}
