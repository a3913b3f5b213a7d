package org.sparkadept.udfs.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.udfs.TestSpark;

/**
 * Calls at every place of a query: the right answer with each row evaluated once, or an error at
 * analysis.
 */
class CallPlacesTest {
  private static final int ROWS = 210;

  @TempDir private static Path folder;

  private final SparkSession spark = TestSpark.session();

  /** Table docs: text 'a bb' where id is even, 'ccc' where it is odd, NULL where 7 divides it. */
  @BeforeAll
  static void writeTable() {
    SparkSession spark = TestSpark.session();
    ArrowFunctions.register(spark, new TestSqlFunction(new WordCount()));
    String path = folder.resolve("docs").toString();
    spark
        .range(0, ROWS, 1, 2)
        .selectExpr(
            "id",
            "id % 3 k",
            "case when id % 7 = 0 then null when id % 2 = 0 then 'a bb' else 'ccc' end text")
        .write()
        .parquet(path);
    spark.read().parquet(path).createOrReplaceTempView("docs");
    spark.read().parquet(path).createOrReplaceTempView("others");
  }

  @BeforeEach
  void resetCounts() {
    WordCount.reset();
  }

  @AfterEach
  void everythingIsReleased() {
    WordCount.assertReleased();
  }

  /** Each query, with W for the words of a text, gives one row with one number. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      value = {
        "select count(*) from (select id, W w from docs where W > 1) | 90",
        "select count(*) from (select id, text from docs where W > 1) where W = 2 | 90",
        "select count(W) from (select text from docs where W > 1) | 90",
        "select sum(n) from (select W, count(*) n from docs group by W having W > 1) | 90",
        "select sum(W) filter (where W > 1) from docs | 180",
        "select max(w) from (select k, sum(W) w from docs group by k having min(W) > 0) | 90",
        "select count(distinct W) from docs | 2",
        "select count(*) from (select distinct W from docs) | 3",
        "select count(*) from (select W, grouping(k) from docs group by cube(W, k)) | 16",
        "select `0` + `1` from (select k, W w from docs) pivot (sum(w) for k in (0, 1)) | 180",
        "select max(r) from (select rank() over (partition by W order by id) r from docs where W > 1) | 90",
        "select sum(s) from (select sum(W) over (order by id) s, W w from docs) where s = 1 | 1",
        "select count(case when id > 5 then W end) from docs | 175",
        "select count(*) from docs where if(id > 5, W, 0) = coalesce(W, 1) | 175",
        "select count(*) from (select explode(array(W, W + 1)) from docs) | 420",
        "select count(*) from docs lateral view explode(sequence(1, W)) as e where W > 1 | 180",
        "select count(*) from (select stack(2, W, 1) from docs) | 420",
        "select sum(size(transform(array(1, 2), e -> e + W))) from docs | 420",
        "select first(w) from (select id, W w from docs order by W desc, id) | 2",
        "select first(w) from (select id, W w from docs order by W desc, id limit 5) | 2",
        "select count(*) from (select W from docs sort by W) | 210",
        "select count(*) from (select W from docs distribute by W) | 210",
        "select count(*) from (select /*+ repartition(3) */ W from docs where W > 1) | 90",
        "select (select max(W) from docs) | 2",
        "select count(*) from others where k in (select W from docs) | 140",
        "select count(*) from others where k not in (select W from docs where W > 0) | 70",
        "select count(*) from others o where exists (select 1 from docs where docs.id = o.id and W > 1) | 90",
        "select count(*) from others o where not exists (select 1 from docs where docs.id = o.id and W > 1) | 120",
        "select sum(w) from (select (select max(W) from docs where docs.id = o.id) w from others o) | 270",
        "select sum(w) from (select (select count(W) from docs where docs.id = o.id and W > 1) w from others o) | 90",
        "select sum(w) from (select (select W from docs where docs.id = o.id limit 1) w from others o) | 270",
        "select count(*) from others o where 2 = (select max(W) from docs where docs.k = o.k) | 210",
        "select sum(t.w) from others o, lateral (select W w from docs where docs.id = o.id) t | 270",
        "with t as (select id, W w from docs) select count(*) from t where w = 2 | 90",
        "with t as (select id, W w from docs) select sum(a.w + b.w) from t a join t b on a.id = b.id | 540",
        "with t as (select id, W w from docs) select sum(w) from (select w from t union all select w from t) | 540",
        "with t as (select id, W w from docs) select count(*) from t where w = (select max(w) from t) | 90",
        "with t as (select id, W w from docs), u as (select * from t) select sum(a.w + b.w) from u a join u b on a.id = b.id | 540",
        "select count(*) from docs join others o on docs.id = o.id and word_count(docs.text, 0).words > 1 | 90",
        "select sum(word_count(d.text, 0).words) from docs d join others o on d.id = o.id and word_count(d.text, 0).words > 1 | 180",
        "select sum(word_count(d.text, 0).words) from docs d left join others o on d.id = o.id and word_count(d.text, 0).words > 1 | 270",
        "select count(*) from docs d left semi join others o on d.id = o.id and word_count(d.text, 0).words > 1 | 90",
        "select count(*) from (select word_count(first_value(text) over (order by id), 0) w from docs) where w is null | 210",
        "select count(*) from docs where word_count(least => 0, text => text).words > 1 | 90",
        "select count(*) from docs where word_count(text, least => 0).words > 1 | 90",
        "from docs |> extend W as w |> where w > 1 |> aggregate count(*) | 90",
      })
  void eachRowIsEvaluatedOnce(String query, long expected) {
    List<Row> rows = spark.sql(query.replace("W", "word_count(text, 0).words")).collectAsList();

    assertEquals(1, rows.size());
    assertEquals(expected, ((Number) rows.get(0).get(0)).longValue());
    assertEquals(ROWS, WordCount.ROWS.get(), "rows evaluated");
  }

  @Test
  void eachSideOfAUnionHasRowsOfItsOwn() {
    String half = "select word_count(text, 0).words w from docs";

    assertEquals(2 * ROWS, spark.sql(half + " union all " + half).collectAsList().size());
    assertEquals(2 * ROWS, WordCount.ROWS.get());
  }

  @Test
  void callsOnAggregatesAndGroupsComeAfterTheAggregate() {
    List<Row> groups =
        spark
            .sql(
                "select text, word_count(text, 0).words, count(*) from docs"
                    + " group by text order by text")
            .collectAsList();
    Row whole = spark.sql("select word_count(max(text), 0).words, max(text) from docs").head();
    Row both =
        spark
            .sql(
                "select word_count(min(text), 0).words, max(word_count(text, 0).words) from docs"
                    + " where text is not null having word_count(max(text), 0).words = 1")
            .head();

    assertEquals("[[null,null,30], [a bb,2,90], [ccc,1,90]]", groups.toString());
    assertEquals("[1,ccc]", whole.toString());
    assertEquals("[2,2]", both.toString());
    assertEquals(3 + 1 + 2 + 180, WordCount.ROWS.get());
  }

  /** A side that an outer join fills up with NULLs has other rows after it. */
  @Test
  void nullsOfAnOuterJoinAreEvaluatedToo() {
    long nulls =
        spark
            .sql(
                "select word_count(coalesce(d.text, 'x'), 0).words w from others o left join docs d"
                    + " on d.id = o.id and word_count(coalesce(d.text, 'x'), 0).words > 1")
            .where("w = 1")
            .count();

    assertEquals(ROWS - 90, nulls);
  }

  @Test
  void tablesAreWrittenByInsertAndReadByView() {
    Path files = folder.resolve("written");
    spark.sql(
        "create table written using parquet location '"
            + files
            + "' as select id, word_count(text, 0) r from docs where false");
    try {
      spark.sql("insert into written select id, word_count(text, 0) from docs");

      assertEquals(90, spark.sql("select * from written where r.words > 1").count());
      assertEquals(ROWS, WordCount.ROWS.get());
    } finally {
      spark.sql("drop table written");
    }
    spark.sql("create temporary view counted as select *, word_count(text, 0) r from docs");
    assertEquals(90, spark.sql("select r.words from counted where r.words > 1").count());
    assertEquals(2 * ROWS, WordCount.ROWS.get());
    spark.catalog().dropTempView("counted");
  }

  @Test
  void columnsOfAnyNameAreArguments() {
    assertEquals(
        90,
        spark
            .sql(
                "select word_count(`the ``text`` ü.1`, 0).words w"
                    + " from (select text `the ``text`` ü.1` from docs) where `the ``text`` ü.1` > ''")
            .where("w > 1")
            .count());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      value = {
        "select transform(array(text), t -> word_count(t, 0)) from docs | called on t, an element",
        "select filter(array(text), t -> word_count(t, 0).words > 1) from docs | LATERAL VIEW explode",
        "select aggregate(array(text), 0, (n, t) -> n + word_count(t, 0).words) from docs | called on t,",
        "select 1 from docs a join docs b on word_count(a.text || b.text, 0).words = 1 | both sides of the join",
        "select (select word_count(d.text, 0).words) from docs d | reads a column of the query around it",
        "select * from docs d where exists (select 1 from others where word_count(d.text, 0).words = k) | the query around it",
        "select * from docs d, lateral (select word_count(d.text, 0) r) | the query around it",
        "select (select max(word_count(e.text, 0).words) from docs e join others o on e.id = o.id and o.id = d.id) from docs d | In a subquery of its own",
        "select word_count(least => 2) from docs | word_count is called without its argument 'text'",
        "select word_count(text, 2, least => 2) from docs | word_count is given 'least' twice",
        "select word_count(text => text, text => 'a', least => 2) from docs | is given 'text' twice",
        "select word_count(text, 2, most => 3) from docs | no argument or option 'most'. It has text, least",
        "declare variable words string default to_json(word_count('a', 0)) | CreateVariable cannot compute word_count('a', 0)",
        "select word_count(distinct text, 2) from docs | does not support DISTINCT",
        "select word_count(text, 2) over (partition by k) from docs | not supported within a window",
        "select * from values (word_count('a', 2)) | inline table",
        "select word_count(text, 2).nothing from docs | No such struct field `nothing`",
        "select word_count(*) from docs | word_count takes (STRING, INT)",
      })
  void whatCannotBeIsToldAtAnalysis(String query, String part) {
    AnalysisException e = assertThrows(AnalysisException.class, () -> spark.sql(query));

    assertTrue(e.getMessage().toLowerCase().contains(part.toLowerCase()), e.getMessage());
  }

  @Test
  void errorsNameTheirPlaceInTheQuery() {
    AnalysisException e =
        assertThrows(
            AnalysisException.class,
            () ->
                spark.sql("select id,\n transform(array(text), t -> word_count(t, 0)) from docs"));

    assertEquals(2, e.line().get());
    assertEquals(29, e.startPosition().get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"spark.adept.batch.rows", "spark.adept.rows.onError"})
  void settingsOfTheSessionAreCheckedAtAnalysis(String key) {
    spark.conf().set(key, "often");
    try {
      AnalysisException e =
          assertThrows(
              AnalysisException.class, () -> spark.sql("select word_count(text, 0) from docs"));
      assertTrue(e.getMessage().contains("'often'"), e.getMessage());
    } finally {
      spark.conf().unset(key);
    }
  }

  @Test
  void thePlanTellsTheCallAndItsColumn() {
    String plan =
        spark.sql("explain select word_count(text, 0).words from docs").head().getString(0);

    assertTrue(
        plan.matches(
            "(?s).*ArrowEval \\[word_count\\(WordCount\\[]; text#\\d+, 0\\) AS word_count#\\d+].*"),
        plan);
  }
}
