package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

class ClassifyCommandTest extends CommandTest {
  private static final int ROWS = 50;

  @BeforeEach
  void writeInput() {
    input = folder.resolve("in put");
    output = folder.resolve("out put");
    addRows(rows());
  }

  private Dataset<Row> rows() {
    return texts(0, ROWS);
  }

  @Test
  void classifiesParquetIntoParquetAndReports() {
    CommandRun run = classify();

    run.assertOk();
    Dataset<Row> result = result();
    assertArrayEquals(
        new String[] {"id", "text", "label", "score", "exit_layer", "tokens", "truncated", "error"},
        result.columns());
    assertEquals(ROWS, result.where("label in ('no', 'yes', 'grün') and score > 0.3").count());
    run.assertOk("rows                    50", "compute saved", "Result: file:");
    assertEquals(List.of("in put", "out put"), names(folder));
  }

  @Test
  void csvComesAndGoesWithHeaderAndQuotes() throws IOException {
    Path csv = folder.resolve("in.csv");
    Files.writeString(csv, "nr,text\n007,\"He said \"\"go\"\", then left\"\n008,\n");

    classify("--input", csv, "--format", "csv").assertOk();
    List<Row> result =
        spark
            .read()
            .option("header", true)
            .option("escape", "\"")
            .csv(output.toString())
            .orderBy("nr")
            .collectAsList();
    assertEquals("007", result.get(0).getAs("nr"));
    assertEquals("He said \"go\", then left", result.get(0).getAs("text"));
    assertTrue(List.of("no", "yes", "grün").contains(result.get(0).<String>getAs("label")));
    assertTrue(result.get(1).isNullAt(result.get(1).fieldIndex("label")));
  }

  @Test
  void jsonBecomesOrc() throws IOException {
    Path json = folder.resolve("in.json");
    Files.writeString(
        json, "{\"body\":\"one\",\"n\":{\"a\":1}}\n{\"body\":\"two 🙂\",\"n\":null}\n");

    classify("--input", json, "--input-format", "json", "--output-format", "orc", "-t", "body")
        .assertOk();
    assertEquals(2, spark.read().orc(output.toString()).where("label is not null").count());
  }

  @Test
  void linesOfTextHaveTheColumnValue() throws IOException {
    Path text = folder.resolve("in.txt");
    Files.writeString(text, "one\ntwo\n");

    CommandRun wrong = classify("--input", text, "--input-format", "text");
    CommandRun right =
        classify("--input", text, "--input-format", "text", "--text-column", "value");

    wrong.assertFails(3, "It has value STRING");
    right.assertOk();
  }

  @Test
  void rowsWithAnErrorGoToTheDeadLetters() {
    addRows("select 1000L id, '' text");
    Path dead = folder.resolve("dead");

    classify("--dead-letters", dead).assertOk();
    assertEquals(ROWS, result().where("error is null").count());
    List<Row> letters = spark.read().parquet(dead.toString()).collectAsList();
    assertEquals(1, letters.size());
    assertEquals(1000L, letters.get(0).<Long>getAs("id"));
    assertEquals(List.of("dead", "in put", "out put"), names(folder));

    classify("--dead-letters", dead, "--output", folder.resolve("other"))
        .assertFails(5, "dead exists");
    assertEquals(List.of("dead", "in put", "out put"), names(folder));
  }

  @Test
  void deadLettersOfARunWithoutErrorsAreAnEmptyTable() {
    Path dead = folder.resolve("dead");

    CommandRun run =
        classify("--dead-letters", dead, "--format", "json", "--input-format", "parquet");
    CommandRun table = classify("--dead-letters", dead, "--output-format", "table");

    run.assertOk();
    assertEquals(0, spark.read().text(dead.toString()).count());
    assertEquals(ROWS, spark.read().json(output.toString()).count());
    table.assertFails(3, "WHERE error IS NOT NULL");
  }

  @Test
  void scoresAreWrittenWhereTheyAreAskedFor() {
    classify("--scores").assertOk();
    Dataset<Row> result = result();
    assertEquals(ROWS, result.where("scores[0].label = label and size(scores) = 3").count());
  }

  @Test
  void theMostProbableLabelsAreWrittenWhereSomeAreAskedFor() {
    classify("--top-k", 2).assertOk();
    Dataset<Row> result = result();
    assertEquals(
        ROWS,
        result
            .where(
                "size(scores) = 2 and scores[0].label = label and scores[0].score = score"
                    + " and scores[1].score <= score")
            .count());
  }

  @Test
  void rowsWithALowScoreHaveNoLabel() {
    double least = medianScore();
    Path other = folder.resolve("other");

    CommandRun run = classify("--min-score", least, "--output", other);

    Dataset<Row> result = spark.read().parquet(other.toString());
    long abstained = result.where("label is null and error is null").count();
    assertEquals(ROWS, result.where("(score < " + least + ") = (label is null)").count());
    assertTrue(abstained > 0 && abstained < ROWS, "a test of nothing: " + abstained);
    run.assertOk("abstained", "score too low for a label");
    assertEquals(ROWS, result.where("exit_layer is not null").count());
  }

  /** A score that about half of the rows do not have. */
  private double medianScore() {
    classify().assertOk();
    return result().selectExpr("percentile(score, 0.5)").head().getDouble(0);
  }

  @Test
  void rowsWithALowScoreGoToTheReview() {
    double least = medianScore();
    addRows("select 1000L id, '' text");
    Path review = folder.resolve("review");
    Path dead = folder.resolve("dead");
    Path other = folder.resolve("other");

    classify("--min-score", least, "--review", review, "--dead-letters", dead, "--output", other)
        .assertOk();
    Dataset<Row> reviewed = spark.read().parquet(review.toString());
    Dataset<Row> answered = spark.read().parquet(other.toString());
    assertEquals(reviewed.count(), reviewed.where("label is null and score < " + least).count());
    assertEquals(answered.count(), answered.where("score >= " + least).count());
    assertEquals(ROWS, reviewed.union(answered).select("id").distinct().count());
    assertEquals(1, spark.read().parquet(dead.toString()).count());
    assertArrayEquals(answered.columns(), reviewed.columns());
    assertEquals(List.of("dead", "in put", "other", "out put", "review"), names(folder));

    classify("--min-score", least, "--review", review, "--output", folder.resolve("third"))
        .assertFails(5, "review exists");
    classify("--min-score", least, "--review", review, "--output-format", "table")
        .assertFails(3, "--review", "WHERE label IS NULL AND score IS NOT NULL");
    classify("--min-score", 1.5).assertFails(2, "--min-score must be a number from 0 to 1");
  }

  @Test
  void textCannotHoldTheResult() {
    classify("--output-format", "text").assertFails(3, "--output-format");
  }

  @Test
  void tablesOfTheCatalogAreReadAndWritten() {
    rows().createOrReplaceTempView("texts");

    classify("--input", "texts", "--output", "answers", "--format", "table", "-m", "overwrite")
        .assertOk();
    assertEquals(ROWS, spark.table("answers").where("label is not null").count());
    spark.sql("drop table answers");
  }

  @Test
  void modesSayWhatHappensToAnOutputThatExists() throws IOException {
    Files.createDirectory(output);
    Files.writeString(output.resolve("old"), "old data");

    classify().assertFails(5, "--mode overwrite");

    classify("--mode", "ignore").assertOk("left as it is");
    assertEquals(List.of("old"), names(output));

    classify("--mode", "OVERWRITE").assertOk();
    assertFalse(names(output).contains("old"));
    assertEquals(ROWS, result().count());

    classify("--mode", "append").assertOk();
    assertEquals(2 * ROWS, result().count());
    assertEquals(List.of("in put", "out put"), names(folder));
  }

  @Test
  void whatCannotBeReadIsUnusable() throws IOException {
    CommandRun noInput = classify("--input", folder.resolve("nowhere"));
    noInput.assertFails(3, "nowhere");
    assertEquals(1, noInput.err().lines().filter(line -> line.startsWith("adept: The")).count());

    classify("--model", folder.resolve("no-model")).assertFails(3, "no-model");

    classify("--input-format", "parkett").assertFails(3, "parkett");

    Files.writeString(Files.createDirectory(folder.resolve("broken")).resolve("a.parquet"), "no");
    classify("--input", folder.resolve("broken")).assertFails(3, "broken");

    assertFalse(Files.exists(output));
  }

  @Test
  void aModelThatNeedsAFitSaysSo() throws IOException {
    Path bare = TinyCheckpoint.llama().withoutHead().write(folder.resolve("bare"));

    classify("--model", bare).assertFails(3, "fit");
    assertEquals(List.of("bare", "in put"), names(folder));
  }

  @Test
  void aTakenNameIsAnErrorAndThePrefixHelps() {
    rows().selectExpr("id", "text", "1 score").write().mode("overwrite").parquet(input.toString());

    classify().assertFails(3, "'score'", "--output-prefix");

    classify("--output-prefix", "adept_").assertOk();
    assertEquals(ROWS, result().where("adept_label is not null").count());
  }

  @Test
  void failfastHasItsOwnExitCode() {
    rows()
        .selectExpr("id", "if(id = 7, '', text) text")
        .write()
        .mode("overwrite")
        .parquet(input.toString());

    classify("--on-error", "failfast", "--partitions", "0").assertFails(4, "Row 8 of partition ");
    assertEquals(List.of("in put"), names(folder));

    CommandRun permissive = classify();
    permissive.assertOk();
    assertEquals(1, result().where("error is not null").count());
    permissive.assertOk("errors                   1");
  }

  @Test
  void theSummaryTellsOfSuccessAndFailure() throws IOException {
    Path file = folder.resolve("made/summary.json");

    classify("--summary", file, "--quiet").assertOk();
    JsonNode good = JsonEdit.read(file);
    assertEquals("succeeded", good.path("status").asText());
    assertEquals(0, good.path("exit_code").asInt());
    assertEquals(ROWS, good.path("rows").path("total").asInt());
    assertEquals(ROWS, good.path("rows").path("scored").asInt());
    assertTrue(good.path("compute").path("saved_share").asDouble() > 0);
    int byLayer = 0;
    for (JsonNode exit : good.path("exit_layers")) {
      byLayer += exit.path("rows").asInt();
    }
    assertEquals(ROWS, byLayer);
    assertTrue(good.path("output").path("location").asText().startsWith("file:/"));

    classify("--summary", file).assertFails(5);
    JsonNode bad = JsonEdit.read(file);
    assertEquals("failed", bad.path("status").asText());
    assertEquals(5, bad.path("exit_code").asInt());
    assertTrue(bad.path("message").asText().contains("exists"));
    assertEquals(List.of("summary.json"), names(file.getParent()));
  }

  @Test
  void quietPrintsNothing() {
    CommandRun run = classify("-q");

    run.assertOk();
    assertEquals("", run.out());
    assertEquals("", run.err());
  }

  @Test
  void partitionsDealTheRowsOut() {
    classify("--partitions", "3").assertOk();

    assertEquals(3, names(output, "part-").size());
  }

  @Test
  void keysOfOursAreCheckedAndObeyed() {
    classify("--conf", "spark.adept.batch.size=1").assertFails(3, "spark.adept.batch.size");

    classify("--conf", "spark.adept.batch.rows=many").assertFails(3, "'many'");

    classify("--conf", "spark.adept.exit.policy=confidence", "--policy", "none").assertOk();
    assertEquals(ROWS, result().where("exit_layer = 3").count());
  }
}
