package org.sparkadept.udfs.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.TestSpark;

/** {@code adept_classify} of a model whose prompt reads several columns, or one. */
class PromptSqlTest {
  @TempDir private static Path folder;

  private final SparkSession spark = TestSpark.session();

  @BeforeAll
  static void writeModelsAndTable() throws IOException {
    write("two", "Q {title}: {text}?");
    write("one", "Q {text}?");
    write("plain", null);
    TestSpark.session()
        .range(0, 40)
        .selectExpr(
            "id",
            "if(id % 5 = 0, null, concat('t', id % 7)) title",
            "if(id % 10 = 0, null, concat('text ', id % 11)) text",
            "id * 1.5 price",
            "id % 2 = 0 flag",
            "date_add(date'2020-01-01', cast(id as int)) day",
            "array('x') list")
        .write()
        .parquet(folder.resolve("rows").toString());
    TestSpark.session()
        .read()
        .parquet(folder.resolve("rows").toString())
        .createOrReplaceTempView("prompt_rows");
  }

  private static void write(String name, String template) throws IOException {
    Path model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.confidence(0.5, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve(name)));
    if (template != null) {
      JsonEdit.edit(
          model.resolve("adept.json"), json -> json.putObject("prompt").put("template", template));
    }
    TestSpark.session().conf().set("spark.adept.model." + name + ".path", model.toString());
  }

  @AfterAll
  static void unset() {
    for (String name : List.of("two", "one", "plain")) {
      TestSpark.session().conf().unset("spark.adept.model." + name + ".path");
    }
  }

  private List<Row> rows(String call) {
    return spark.sql("select id, " + call + " r from prompt_rows order by id").collectAsList();
  }

  /** The same weights without a prompt, given the prompt as text. */
  private List<Row> written(String prompt) {
    return rows("adept_classify(" + prompt + ", model => 'plain')");
  }

  private static final String RENDERED =
      "if(title is null and text is null, null, concat('Q ', coalesce(title, ''), ': ',"
          + " coalesce(text, ''), '?'))";

  @Test
  void aStructOfColumnsIsClassifiedAsItsPrompt() {
    List<Row> expected = written(RENDERED);
    assertEquals(expected, rows("adept_classify(struct(title, text), model => 'two')"));
    assertTrue(expected.get(0).isNullAt(1), "all columns are NULL");
    assertFalse(expected.get(5).isNullAt(1), "one column is not");
  }

  @Test
  void fieldsAreFoundByNameWhateverTheirPlaceAndCase() {
    List<Row> expected = written(RENDERED);
    for (String struct :
        List.of(
            "struct(text, id, title)",
            "named_struct('TEXT', text, 'Title', title)",
            "from_json(to_json(struct(title, text)), 'text STRING, title STRING')")) {
      assertEquals(expected, rows("adept_classify(" + struct + ", model => 'two')"), struct);
    }
  }

  @Test
  void aPromptOfOneColumnTakesATextOrAStruct() {
    List<Row> expected = written("concat('Q ', text, '?')");
    assertEquals(expected, rows("adept_classify(text, model => 'one')"));
    assertEquals(expected, rows("adept_classify(struct(title, text), model => 'one')"));
  }

  @Test
  void numbersDatesAndBooleansAreWrittenAsText() {
    for (String column : List.of("price", "flag", "day", "id")) {
      assertEquals(
          written("concat('Q ', " + column + ", ': ', coalesce(text, ''), '?')"),
          rows("adept_classify(struct(" + column + " title, text), model => 'two')"),
          column);
    }
  }

  @Test
  void dataFramesAndColumnBatchesGiveTheSame() {
    List<Row> expected = written(RENDERED);
    Dataset<Row> table = spark.table("prompt_rows");
    Dataset<Row> called =
        table
            .select(
                functions.col("id"),
                adept_classify(
                        functions.struct(functions.col("title"), functions.col("text")),
                        Map.of("model", "two"))
                    .as("r"))
            .orderBy("id");
    assertEquals(expected, called.collectAsList());
    assertEquals(
        spark
            .sql(
                "select r.label, count(*) from (select adept_classify("
                    + RENDERED
                    + ", model => 'plain') r from prompt_rows) group by 1 order by 1")
            .collectAsList(),
        spark
            .sql(
                "select adept_classify(struct(title, text), model => 'two').label, count(*)"
                    + " from prompt_rows group by 1 order by 1")
            .collectAsList());
  }

  @Test
  void separatorsInATextArePartOfIt() {
    String odd = "concat('a', chr(31), 'b', chr(27), '1', chr(27))";
    assertEquals(
        written("concat('Q ', " + odd + ", ': ', " + odd + ", '?')"),
        rows("adept_classify(struct(" + odd + " title, " + odd + " text), model => 'two')"));
  }

  @Test
  void equalRowsAreComputedOnce() {
    Dataset<Row> result =
        spark.sql(
            "select adept_classify(struct('a' title, text), model => 'two') r from (select /*+"
                + " coalesce(1) */ * from prompt_rows)");
    result.collectAsList();
    StringBuilder metrics = new StringBuilder();
    for (SparkPlan plan = result.queryExecution().executedPlan();
        plan != null;
        plan = plan.children().isEmpty() ? null : plan.children().head()) {
      plan.metrics().foreach(each -> metrics.append(each._1() + "=" + each._2().value() + " "));
    }
    assertTrue(metrics.toString().contains("call0.scored=40"), metrics.toString());
    assertTrue(metrics.toString().contains("call0.repeated=28"), metrics.toString());
  }

  @Test
  void longRowsAreTakenInChunks() {
    String call =
        "adept_classify(repeat('text ', 40), model => 'plain', maxTokens => 32, longRows => '%s',"
            + " chunkOverlap => 4, chunkMerge => '%s')";
    Row cut = spark.sql("select " + call.formatted("cut", "mean") + " r").head().getStruct(0);
    Row mean = spark.sql("select " + call.formatted("chunk", "mean") + " r").head().getStruct(0);
    Row max = spark.sql("select " + call.formatted("chunk", "max") + " r").head().getStruct(0);
    assertTrue(cut.<Boolean>getAs("truncated"));
    assertEquals(32, cut.<Integer>getAs("tokens"));
    for (Row chunked : List.of(mean, max)) {
      assertFalse(chunked.<Boolean>getAs("truncated"));
      assertTrue(chunked.<Integer>getAs("tokens") > 200);
    }
    assertTrue(max.<Float>getAs("score") >= mean.<Float>getAs("score"));
  }

  @Test
  void mistakesAreToldAtAnalysis() {
    assertMessage(
        "adept_classify(text, model => 'two')",
        "reads the columns title, text",
        "call adept_classify(struct(title, text))");
    assertMessage(
        "adept_classify(struct(titel, text), model => 'two')".replace("titel", "title titel"),
        "no field 'title'; did you mean 'titel'? It has titel STRING, text STRING");
    assertMessage(
        "adept_classify(struct(list title, text), model => 'two')",
        "Field 'title'",
        "must be STRING, a number, BOOLEAN, DATE or TIMESTAMP, but is ARRAY<STRING>");
    assertMessage("adept_classify(struct(title, text), model => 'plain')", "takes (STRING)");
    assertMessage(
        "adept_classify(text, model => 'plain', longRows => 'some')", "cut or chunk", "'some'");
    assertMessage("adept_classify(text, model => 'plain', chunkOverlap => -1)", "0 or above");
  }

  private void assertMessage(String call, String... parts) {
    AnalysisException e =
        assertThrows(
            AnalysisException.class, () -> spark.sql("select " + call + " from prompt_rows"));
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), () -> part + " is not in: " + e.getMessage());
    }
  }
}
