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
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
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
import org.sparkadept.decoder.fixture.TinyAdapter;
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
            Integer.MAX_VALUE);
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
  void rowsWithALowScoreHaveNoLabel() {
    Float median =
        spark
            .sql("select median(adept_classify(text, model => 'tiny').score)::float from texts")
            .head()
            .getFloat(0);
    Row counts =
        spark
            .sql(
                ("select count(r.score), count(r.label),"
                        + " count_if((r.score < float('%1$s')) = (r.label is null)),"
                        + " count_if(size(r.scores) = 2) from (select adept_classify(text,"
                        + " model => 'tiny', minScore => %1$s, topK => 2) r from texts)")
                    .formatted(median))
            .head();

    long scored = counts.getLong(0);
    assertTrue(counts.getLong(1) > 0 && counts.getLong(1) < scored, "a test of nothing: " + counts);
    assertEquals(scored, counts.getLong(2));
    assertEquals(scored, counts.getLong(3));
  }

  @Test
  void anAdapterIsMergedIntoTheModelOfItsCallAlone() throws IOException {
    Path base = TinyCheckpoint.llama().withoutHead().write(folder.resolve("base"));
    Path one = TinyAdapter.of(1).labels("left", "right").write(folder.resolve("one"));
    Path two = TinyAdapter.of(2).labels("up", "down").write(folder.resolve("two"));
    spark.conf().set("spark.adept.model.path", base.toString());
    spark.conf().set("spark.adept.model.adapter", one.toString());
    try {
      Row labels =
          spark
              .sql(
                  String.format(
                      "select collect_set(adept_classify(text).label),"
                          + " collect_set(adept_classify(text, model => '%s', adapter => '%s')"
                          + ".label), collect_set(adept_classify(text, model => 'tiny').label)"
                          + " from texts",
                      base, two))
              .head();
      assertTrue(List.of("left", "right").containsAll(labels.getList(0)), labels.toString());
      assertTrue(List.of("up", "down").containsAll(labels.getList(1)), labels.toString());
      assertTrue(List.of("no", "yes", "grün").containsAll(labels.getList(2)), labels.toString());
    } finally {
      spark.conf().unset("spark.adept.model.path");
      spark.conf().unset("spark.adept.model.adapter");
    }
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

    assertTrue(usage.contains("adept_classify(text [, option => value, ...])"), usage);
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
    Map<String, Object> options = Map.of("model", "tiny", "policy", "none", "maxTokens", 4);

    Dataset<Row> called =
        texts.select(adept_classify(functions.col("text"), options).as("r")).orderBy("r");

    assertEquals(
        spark
            .sql(
                "select adept_classify(text, model => 'tiny', policy => 'none', maxTokens => 4) r"
                    + " from texts order by r")
            .collectAsList(),
        called.collectAsList());
    Column map =
        functions.map(
            Stream.of("model", "tiny", "policy", "none", "maxTokens", "4")
                .map(functions::lit)
                .toArray(Column[]::new));
    Column byName =
        functions.expr("adept_classify(text, model => 'tiny', policy => 'none', maxTokens => 4)");
    for (Column other :
        List.of(functions.call_function("adept_classify", functions.col("text"), map), byName)) {
      assertEquals(
          called.collectAsList(), texts.select(other.as("r")).orderBy("r").collectAsList());
    }
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
        "no argument or option 'treshold'",
        "did you mean 'threshold'");
    assertMessage("adept_classify(text, map('model', 'tiny', 'threshold', '3'))", "threshold", "3");
    assertMessage("adept_classify(id, map('model', 'tiny'))", "takes (STRING)", "(BIGINT)");
    assertMessage("adept_classify(text, map('model', text))", "must be a constant", "text");
    assertMessage("adept_classify(text, map('model', 3))", "Model '3' not found");
    assertMessage("adept_classify(text, map(3, 'tiny'))", "The names of options are STRING");
    assertMessage(
        "adept_classify(text, map('model', 'tiny', 'maxTokens', 5))",
        "values of several types",
        "adept_classify(text, name => value, …)");
    assertMessage("adept_classify(text, model => array('tiny'))", "'model'", "ARRAY<STRING>");
    assertMessage("adept_classify(text, model => (select 'tiny'))", "'model'", "be a constant");
    assertMessage("adept_classify(text, map('model', 'a'), MODEL => 'b')", "'model' twice");
    assertMessage("adept_classify(text, map('model', 'a', 'Model', 'b'))", "'model' twice");
    assertMessage("adept_classify(text, text => text)", "'text' twice");
    assertMessage(
        "adept_classify(model => 'tiny', text)", "what is given by its place comes first");
    assertMessage("adept_classify(text, map('model', 'tiny', 'scores', 'maybe'))", "'maybe'");
  }

  /** What is wrong for this model is known where the model is; no task is needed to find it. */
  @Test
  void whatTheModelCannotDoIsToldAtAnalysis() {
    String missing = folder.resolve("missing").toString();
    assertMessage("adept_classify(text, model => '" + missing + "')", missing, "does not exist");
    assertMessage("adept_classify(text, model => '" + folder + "')", "model.safetensors");
    assertMessage("adept_classify(text, model => 'tiny', maxTokens => 9999)", "maxTokens", "9999");
    assertMessage("adept_classify(text, model => 'tiny', policy => 'patience')", "'patience'");
    assertMessage("adept_classify(text, model => 'tiny', policy => 'some')", "'some'", "entropy");
    assertMessage(
        "adept_classify(text, model => 'tiny', tokenExit => 'copy')", "token exit 'copy'");
    assertMessage(
        "adept_classify(text, model => 'tiny', backend => 'tpu')",
        "Option 'backend' must be auto, cpu, reference or tornadovm, but is 'tpu'");
  }

  @Test
  void optionsAreGivenByNameWithAnyType() {
    Row named =
        spark
            .sql(
                "select adept_classify(MODEL => 'tiny', text => 'a b c d e', maxTokens => 1 + 2,"
                    + " policy => 'none', scores => true) r")
            .head();
    Row mapped =
        spark
            .sql(
                "select adept_classify('a b c d e', map('model', 'tiny', 'maxtokens', '3',"
                    + " 'policy', 'none', 'scores', 'true')) r")
            .head();
    Row both =
        spark
            .sql(
                "select adept_classify('a b c d e', map('maxTokens', 3), model => 'tiny', scores =>"
                    + " true, policy => lower('NONE')) r")
            .head();

    assertEquals(mapped, named);
    assertEquals(mapped, both);
    assertEquals(3, (int) named.getStruct(0).<Integer>getAs("tokens"));
    assertMessage(
        "adept_classify(text, max_tokens => 3)", "option 'max_tokens'", "mean 'maxTokens'");
    assertMessage("adept_classify(txt => text)", "option 'txt'", "mean 'text'");
  }

  @Test
  void aVariableMayBeAnOption() {
    spark.sql("declare or replace variable longest int default 3");
    try {
      String call = "adept_classify('a b c d e', model => 'tiny', maxTokens => longest).tokens";
      assertEquals(3, spark.sql("select " + call).head().getInt(0));
    } finally {
      spark.sql("drop temporary variable longest");
    }
  }

  @Test
  void columnsAreNamedByTheirCallsWithTheOptions() {
    String[] names =
        spark
            .sql(
                "select adept_classify(text, map('model', 'tiny')), adept_classify(text, model =>"
                    + " 'tiny', maxTokens => 5), adept_classify(text, map('model', 'tiny')).label"
                    + " from texts")
            .columns();

    assertEquals(
        List.of(
            "adept_classify(text, map(model, tiny))",
            "adept_classify(text, model => tiny, maxTokens => 5)",
            "adept_classify(text, map(model, tiny)).label"),
        List.of(names));
    spark.conf().set("spark.adept.model.path", "tiny");
    try {
      String plain = spark.sql("select adept_classify(text) from texts").columns()[0];
      assertEquals("adept_classify(text)", plain);
    } finally {
      spark.conf().unset("spark.adept.model.path");
    }
  }

  @Test
  void equalCallsAreComputedOnceHoweverTheirOptionsAreWritten() {
    String plan =
        spark
            .sql(
                "explain select adept_classify(text, map('model', 'tiny')).label, adept_classify("
                    + "text, model => 'tiny').score from texts")
            .head()
            .getString(0);

    assertEquals(2, plan.split("adept_classify\\(model ", -1).length, plan);
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
}
