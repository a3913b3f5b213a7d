package org.sparkadept.udfs.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.TestSpark;

/** Which settings hold for a call in a view or a SQL function: those of its creation. */
class CapturedSettingsTest {
  private static final String MODEL = "spark.adept.model.path";
  private static final String ALIAS = "spark.adept.model.captured.path";
  private static final String POLICY = "spark.adept.exit.policy";
  private static final String THRESHOLD = "spark.adept.exit.threshold";
  private static final String LAYER = "adept_classify('a text').exit_layer";
  private static final int FIRST = 1;
  private static final int LAST = 3;

  @TempDir private static Path folder;
  private static Path model;

  private final SparkSession spark = TestSpark.session();

  @BeforeAll
  static void writeModel() throws IOException {
    model =
        TinyCheckpoint.llama()
            .labels("no", "yes")
            .adept(TinyAdept.confidence(0.5, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve("model")));
  }

  @AfterEach
  void forgetSettings() {
    set(Map.of());
    spark.sql("drop view if exists captured");
    spark.sql("drop temporary function if exists captured");
  }

  private void set(Map<String, String> settings) {
    for (String key : new String[] {MODEL, ALIAS, POLICY, THRESHOLD, "spark.adept.rows.onError"}) {
      spark.conf().unset(key);
    }
    settings.forEach(spark.conf()::set);
  }

  /** The first exit, by an alias that only the creator has. */
  private void setForCreation() {
    set(
        Map.of(
            MODEL, "captured", ALIAS, model.toString(), POLICY, "confidence", THRESHOLD, "0.01"));
  }

  private int value(String query) {
    return spark.sql(query).head().getInt(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      value = {
        "create temporary view captured as select LAYER x | select x from captured",
        "create temporary view captured as select (select LAYER) x | select x from captured",
        "create temporary view captured as with t as (select LAYER x) select x from t | select x from captured",
        "create global temporary view captured as select LAYER x | select x from global_temp.captured",
        "cache table captured as select LAYER x | select x from captured",
        "cache lazy table captured as select LAYER x | select x from captured",
        "create temporary function captured() returns int return LAYER | select captured()",
        "create temporary function captured(t string) returns int return adept_classify(t).exit_layer | select captured('a text')",
        "create temporary function captured() returns table(x int) return select LAYER | select x from captured()",
      })
  void theCreatorsSettingsHold(String creation, String query) {
    setForCreation();
    spark.sql(creation.replace("LAYER", LAYER));

    set(Map.of(MODEL, model.toString(), POLICY, "none"));
    assertEquals(LAST, value("select " + LAYER));
    assertEquals(FIRST, value(query));

    set(Map.of());
    assertEquals(FIRST, value(query));
    spark.sql("drop view if exists global_temp.captured");
  }

  @Test
  void whatTheCreatorHasNotSetIsAtItsDefault() {
    set(Map.of(MODEL, model.toString()));
    spark.sql("create temporary view captured as select adept_classify('a text') r");
    Row before = spark.sql("select r.exit_layer, r.scores is null from captured").head();

    set(
        Map.of(
            MODEL,
            "/nowhere",
            POLICY,
            "confidence",
            THRESHOLD,
            before.getInt(0) == LAST ? "0.01" : "1"));

    assertEquals(before, spark.sql("select r.exit_layer, r.scores is null from captured").head());
  }

  @Test
  void aViewOfADataFrameKeepsTheSettingsOfTheDataFrame() {
    setForCreation();
    Dataset<Row> rows = spark.sql("select " + LAYER + " x");
    set(Map.of(MODEL, model.toString(), POLICY, "none"));

    rows.createOrReplaceTempView("captured");

    assertEquals(FIRST, rows.head().getInt(0));
    assertEquals(FIRST, value("select x from captured"));
  }

  @Test
  void aCachedTableIsReadFromTheCacheUnderOtherSettings() {
    setForCreation();
    spark.sql("cache table captured as select " + LAYER + " x");
    set(Map.of(POLICY, "none"));

    Dataset<Row> read = spark.sql("select x from captured");

    String plan = read.queryExecution().withCachedData().toString();
    assertTrue(plan.contains("InMemoryRelation"), plan);
    assertEquals(FIRST, read.head().getInt(0));
  }

  /** A view says what is answered; how its rows are run is up to the session that reads it. */
  @Test
  void errorsAreTreatedAsTheReaderWants() {
    setForCreation();
    spark.sql("create temporary view captured as select adept_classify('').error e");
    assertEquals("text is empty", spark.sql("select e from captured").head().getString(0));

    set(Map.of("spark.adept.rows.onError", "failfast"));

    Exception e =
        assertThrows(Exception.class, () -> spark.sql("select e from captured").collectAsList());
    assertTrue(e.toString().contains("text is empty"), e.toString());
  }

  @Test
  void wrongSettingsOfTheReaderAreToldAtAnalysis() {
    setForCreation();
    spark.sql("create temporary view captured as select " + LAYER + " x");
    set(Map.of("spark.adept.rows.onError", "perhaps"));

    AnalysisException e =
        assertThrows(AnalysisException.class, () -> spark.sql("select x from captured"));
    assertTrue(e.getMessage().contains("'perhaps'"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      value = {
        "create view captured as select LAYER x | VIEW",
        "create function captured() returns int return LAYER | FUNCTION",
      })
  void sparkKeepsPermanentObjectsFromCallingIt(String creation, String kind) {
    setForCreation();

    AnalysisException e =
        assertThrows(AnalysisException.class, () -> spark.sql(creation.replace("LAYER", LAYER)));

    assertEquals("INVALID_TEMP_OBJ_REFERENCE", e.getCondition());
    assertTrue(e.getMessage().contains(kind), e.getMessage());
  }
}
