package org.sparkadept.udfs.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.udfs.classify.AdeptFunctions.adept_classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.util.ArrowUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.TestSpark;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.sharing.LocalModels;
import org.sparkadept.udfs.table.ArrowScoring;
import org.sparkadept.udfs.table.NamedColumn;

/** {@code adept_classify} in a session that was made with our classes on its class path. */
class ClassifySqlTest {
  private static final String ALIAS = "spark.adept.model.tiny.path";

  @TempDir private static Path folder;
  private static Path model;

  private final SparkSession spark = TestSpark.session();

  @BeforeAll
  static void writeModelAndTable() throws IOException {
    model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.confidence(0.5, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve("model")));
    SparkSession spark = TestSpark.session();
    String path = folder.resolve("texts").toString();
    spark
        .range(0, 500, 1, 2)
        .selectExpr("id", "if(id % 9 = 0, null, concat('text ', id * 7919, ' 🙂 x')) text")
        .write()
        .parquet(path);
    spark.read().parquet(path).createOrReplaceTempView("texts");
  }

  @BeforeEach
  void setAlias() {
    spark.conf().set(ALIAS, model.toString());
  }

  @AfterEach
  void everythingIsReleased() throws InterruptedException {
    spark.conf().unset(ALIAS);
    // A failed job does not wait for the last of its tasks.
    Await.until(
        "all Arrow memory to be released",
        () -> ArrowUtils.rootAllocator().getAllocatedMemory() == 0);
  }

  @Test
  void answersAsTheJobDoes() {
    List<Row> sql =
        spark
            .sql(
                "select id, text, r.* from (select id, text, adept_classify(text, map('model',"
                    + " 'tiny', 'scores', 'true')) r from texts) order by id")
            .collectAsList();

    ClassifyFunction function =
        new ClassifyFunction(
            ModelLocation.local(model),
            ComputeOptions.defaults(),
            ClassifierOptions.defaults(),
            true);
    Dataset<Row> job =
        ArrowScoring.score(
            spark.table("texts").repartition(7),
            new NamedColumn("text", "--text-column"),
            function,
            function.fields(),
            "");

    assertEquals(job.orderBy("id").collectAsList(), sql);
    assertEquals(500, sql.size());
  }

  @Test
  void threePoliciesAtOnceShareOneLoad() throws IOException {
    Path own =
        TinyCheckpoint.llama()
            .labels("no", "yes")
            .adept(TinyAdept.of("adept", 0.5, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve("policies")));
    long loads = LocalModels.loads();

    Row layers =
        spark
            .sql(
                ("select max(adept_classify(text, map('model', '%1$s')).exit_layer),"
                        + " max(adept_classify(text, map('model', '%1$s', 'policy', 'confidence',"
                        + " 'threshold', '0.01')).exit_layer),"
                        + " min(adept_classify(text, map('model', '%1$s', 'policy', 'none'))"
                        + ".exit_layer) from texts")
                    .formatted(own))
            .head();

    assertEquals(1, layers.getInt(1), "the loosest threshold of 'confidence'");
    assertEquals(3, layers.getInt(2), "full depth");
    assertEquals(1, LocalModels.loads() - loads);
  }

  @Test
  void theFunctionDescribesItself() {
    String usage = spark.sql("describe function adept_classify").collectAsList().toString();

    assertTrue(usage.contains("adept_classify(text [, options])"), usage);
  }

  @Test
  void theSessionMayNameTheModel() {
    spark.conf().set("spark.adept.model.path", model.toString());
    try {
      Row row = spark.sql("select adept_classify('some text') r").head().getStruct(0);
      assertNotNull(row.getAs("label"));
    } finally {
      spark.conf().unset("spark.adept.model.path");
    }
  }

  @Test
  void optionsReachTheClassifier() {
    String fullDepth = "map('model', 'tiny', 'policy', 'none')";
    int layers =
        spark
            .sql("select adept_classify('some text', " + fullDepth + ").exit_layer")
            .head()
            .getInt(0);
    int cut =
        spark
            .sql(
                "select adept_classify('a b c d e', map('model', 'tiny', 'maxTokens', '3')).tokens")
            .head()
            .getInt(0);

    assertEquals(3, layers);
    assertEquals(3, cut);
  }

  @Test
  void dataFramesCallItByFunction() {
    Dataset<Row> texts = spark.table("texts");
    Map<String, String> options = Map.of("model", "tiny", "policy", "none");

    Dataset<Row> called =
        texts.select(adept_classify(functions.col("text"), options).as("r")).orderBy("r");

    assertEquals(
        spark
            .sql(
                "select adept_classify(text, map('model', 'tiny', 'policy', 'none')) r from texts"
                    + " order by r")
            .collectAsList(),
        called.collectAsList());
    Exception e =
        assertThrows(Exception.class, () -> texts.select(adept_classify(functions.col("text"))));
    assertTrue(e.getMessage().contains("no model given"), e.getMessage());
  }

  @Test
  void metricsStandAtTheOperator() {
    Dataset<Row> result =
        spark.sql("select adept_classify(text, map('model', 'tiny')) r from texts");
    result.collectAsList();

    String metrics = metrics(result);
    long nulls = spark.sql("select * from texts where text is null").count();
    assertTrue(metrics.contains("call0.scored=" + (500 - nulls)), metrics);
    assertTrue(metrics.contains("call0.errors=0"), metrics);
    assertTrue(metrics.contains("numOutputRows=500"), metrics);
  }

  private static String metrics(Dataset<Row> result) {
    StringBuilder text = new StringBuilder();
    org.apache.spark.sql.execution.SparkPlan plan = result.queryExecution().executedPlan();
    while (plan != null) {
      plan.metrics().foreach(each -> text.append(each._1() + "=" + each._2().value() + " "));
      plan = plan.children().isEmpty() ? null : plan.children().head();
    }
    return text.toString();
  }

  @Test
  void mistakesAreToldAtAnalysis() {
    assertMessage("adept_classify(text)", "no model given", "spark.adept.model.path");
    assertMessage("adept_classify(text, map('model', 'tinny'))", "Model 'tinny' not found", "tiny");
    assertMessage(
        "adept_classify(text, map('model', 'tiny', 'treshold', '0.9'))",
        "no option 'treshold'",
        "did you mean 'threshold'");
    assertMessage("adept_classify(text, map('model', 'tiny', 'threshold', '3'))", "threshold", "3");
    assertMessage("adept_classify(id, map('model', 'tiny'))", "takes (STRING)", "(BIGINT)");
    assertMessage("adept_classify(text, map('model', text))", "must be constants", "text");
    assertMessage("adept_classify(text, map('model', 3))", "MAP<STRING, STRING>", "as text");
    assertMessage("adept_classify(text, map('model', 'tiny', 'scores', 'maybe'))", "'maybe'");
  }

  @Test
  void wrongArgumentsSayWhatTheFunctionTakes() {
    spark.conf().set("spark.adept.model.path", "tiny");
    try {
      assertMessage("adept_classify(text, 'tiny')", "takes (STRING)", "(STRING, STRING)");
      assertMessage("adept_classify()", "takes (STRING)");
      assertMessage("adept_classify(text, map(), map())", "takes (STRING)");
    } finally {
      spark.conf().unset("spark.adept.model.path");
    }
  }

  @Test
  void thePlanTellsTheModelAndItsOptions() {
    String plan =
        spark
            .sql(
                "explain select adept_classify(text, map('model', 'tiny', 'maxTokens', '9')) from texts")
            .head()
            .getString(0);

    assertTrue(
        plan.contains("ArrowEval [adept_classify(model " + model + ", maxTokens 9; text#"), plan);
  }

  private void assertMessage(String call, String... parts) {
    AnalysisException e =
        assertThrows(AnalysisException.class, () -> spark.sql("select " + call + " from texts"));
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  @Test
  void aModelThatIsNotThereNamesItsPath() {
    String missing = folder.resolve("missing").toString();
    Exception e =
        assertThrows(
            Exception.class,
            () ->
                spark
                    .sql(
                        "select adept_classify(text, map('model', '" + missing + "')) r from texts")
                    .collectAsList());

    assertTrue(e.toString().contains(missing), e.toString());
  }
}
