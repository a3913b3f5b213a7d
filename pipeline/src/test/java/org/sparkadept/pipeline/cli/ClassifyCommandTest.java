package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

class ClassifyCommandTest {
  private static final int ROWS = 50;

  @TempDir private static Path shared;
  private static Path model;

  @TempDir private Path folder;
  private final SparkSession spark = TestSpark.session();
  private Path input;
  private Path output;

  @BeforeAll
  static void writeModel() throws IOException {
    model = TestModel.write(shared);
  }

  @BeforeEach
  void writeInput() {
    input = folder.resolve("in put");
    output = folder.resolve("out put");
    rows().write().parquet(input.toString());
  }

  private Dataset<Row> rows() {
    return spark.range(0, ROWS, 1, 2).selectExpr("id", "concat('text number ', id) text");
  }

  @Test
  void classifiesParquetIntoParquetAndReports() {
    CommandRun run = classify();

    assertEquals(0, run.code(), run.err());
    Dataset<Row> result = spark.read().parquet(output.toString());
    assertArrayEquals(
        new String[] {"id", "text", "label", "score", "exit_layer", "tokens", "truncated", "error"},
        result.columns());
    assertEquals(ROWS, result.where("label in ('no', 'yes', 'grün') and score > 0.3").count());
    assertTrue(run.out().contains("rows                    50"), run.out());
    assertTrue(run.out().contains("compute saved"), run.out());
    assertTrue(run.out().contains("Result: file:"), run.out());
    assertEquals(List.of("in put", "out put"), names(folder));
  }

  @Test
  void csvComesAndGoesWithHeaderAndQuotes() throws IOException {
    Path csv = folder.resolve("in.csv");
    Files.writeString(csv, "nr,text\n007,\"He said \"\"go\"\", then left\"\n008,\n");

    CommandRun run = classify("--input", csv, "--format", "csv");

    assertEquals(0, run.code(), run.err());
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

    CommandRun run =
        classify("--input", json, "--input-format", "json", "--output-format", "orc", "-t", "body");

    assertEquals(0, run.code(), run.err());
    assertEquals(2, spark.read().orc(output.toString()).where("label is not null").count());
  }

  @Test
  void linesOfTextHaveTheColumnValue() throws IOException {
    Path text = folder.resolve("in.txt");
    Files.writeString(text, "one\ntwo\n");

    CommandRun wrong = classify("--input", text, "--input-format", "text");
    CommandRun right =
        classify("--input", text, "--input-format", "text", "--text-column", "value");

    assertEquals(3, wrong.code());
    assertTrue(wrong.err().contains("value STRING"), wrong.err());
    assertEquals(0, right.code(), right.err());
  }

  @Test
  void rowsWithAnErrorGoToTheDeadLetters() {
    spark.sql("select 1000L id, '' text").write().mode("append").parquet(input.toString());
    Path dead = folder.resolve("dead");

    CommandRun run = classify("--dead-letters", dead);

    assertEquals(0, run.code(), run.err());
    assertEquals(ROWS, spark.read().parquet(output.toString()).where("error is null").count());
    List<Row> letters = spark.read().parquet(dead.toString()).collectAsList();
    assertEquals(1, letters.size());
    assertEquals(1000L, letters.get(0).<Long>getAs("id"));
    assertEquals(List.of("dead", "in put", "out put"), names(folder));

    CommandRun taken = classify("--dead-letters", dead, "--output", folder.resolve("other"));
    assertEquals(5, taken.code());
    assertTrue(taken.err().contains("dead exists"), taken.err());
    assertEquals(List.of("dead", "in put", "out put"), names(folder));
  }

  @Test
  void deadLettersOfARunWithoutErrorsAreAnEmptyTable() {
    Path dead = folder.resolve("dead");

    CommandRun run =
        classify("--dead-letters", dead, "--format", "json", "--input-format", "parquet");
    CommandRun table = classify("--dead-letters", dead, "--output-format", "table");

    assertEquals(0, run.code(), run.err());
    assertEquals(0, spark.read().text(dead.toString()).count());
    assertEquals(ROWS, spark.read().json(output.toString()).count());
    assertEquals(3, table.code());
    assertTrue(table.err().contains("WHERE error IS NOT NULL"), table.err());
  }

  @Test
  void scoresAreWrittenWhereTheyAreAskedFor() {
    CommandRun run = classify("--scores");

    assertEquals(0, run.code(), run.err());
    Dataset<Row> result = spark.read().parquet(output.toString());
    assertEquals(ROWS, result.where("scores[0].label = label and size(scores) = 3").count());
  }

  @Test
  void textCannotHoldTheResult() {
    CommandRun run = classify("--output-format", "text");

    assertEquals(3, run.code());
    assertTrue(run.err().contains("--output-format"), run.err());
  }

  @Test
  void tablesOfTheCatalogAreReadAndWritten() {
    rows().createOrReplaceTempView("texts");

    CommandRun run =
        classify("--input", "texts", "--output", "answers", "--format", "table", "-m", "overwrite");

    assertEquals(0, run.code(), run.err());
    assertEquals(ROWS, spark.table("answers").where("label is not null").count());
    spark.sql("drop table answers");
  }

  @Test
  void modesSayWhatHappensToAnOutputThatExists() throws IOException {
    Files.createDirectory(output);
    Files.writeString(output.resolve("old"), "old data");

    CommandRun error = classify();
    assertEquals(5, error.code());
    assertTrue(error.err().contains("--mode overwrite"), error.err());

    CommandRun ignore = classify("--mode", "ignore");
    assertEquals(0, ignore.code(), ignore.err());
    assertTrue(ignore.out().contains("left as it is"), ignore.out());
    assertEquals(List.of("old"), names(output));

    assertEquals(0, classify("--mode", "OVERWRITE").code());
    assertFalse(names(output).contains("old"));
    assertEquals(ROWS, spark.read().parquet(output.toString()).count());

    assertEquals(0, classify("--mode", "append").code());
    assertEquals(2 * ROWS, spark.read().parquet(output.toString()).count());
    assertEquals(List.of("in put", "out put"), names(folder));
  }

  @Test
  void whatCannotBeReadIsUnusable() throws IOException {
    CommandRun noInput = classify("--input", folder.resolve("nowhere"));
    assertEquals(3, noInput.code());
    assertTrue(noInput.err().contains("nowhere"), noInput.err());
    assertEquals(1, noInput.err().lines().filter(line -> line.startsWith("adept: The")).count());

    CommandRun noModel = classify("--model", folder.resolve("no-model"));
    assertEquals(3, noModel.code());
    assertTrue(noModel.err().contains("no-model"), noModel.err());

    CommandRun noFormat = classify("--input-format", "parkett");
    assertEquals(3, noFormat.code());
    assertTrue(noFormat.err().contains("parkett"), noFormat.err());

    Files.writeString(Files.createDirectory(folder.resolve("broken")).resolve("a.parquet"), "no");
    CommandRun broken = classify("--input", folder.resolve("broken"));
    assertEquals(3, broken.code());
    assertTrue(broken.err().contains("broken"), broken.err());

    assertFalse(Files.exists(output));
  }

  @Test
  void aModelThatNeedsAFitSaysSo() throws IOException {
    Path bare =
        TinyCheckpoint.llama().withoutHead().write(Files.createDirectory(folder.resolve("bare")));

    CommandRun run = classify("--model", bare);

    assertEquals(3, run.code());
    assertTrue(run.err().contains("fit"), run.err());
    assertEquals(List.of("bare", "in put"), names(folder));
  }

  @Test
  void aTakenNameIsAnErrorAndThePrefixHelps() {
    rows().selectExpr("id", "text", "1 score").write().mode("overwrite").parquet(input.toString());

    CommandRun taken = classify();
    assertEquals(3, taken.code());
    assertTrue(taken.err().contains("'score'"), taken.err());
    assertTrue(taken.err().contains("--output-prefix"), taken.err());

    CommandRun prefixed = classify("--output-prefix", "adept_");
    assertEquals(0, prefixed.code(), prefixed.err());
    assertEquals(
        ROWS, spark.read().parquet(output.toString()).where("adept_label is not null").count());
  }

  @Test
  void failfastHasItsOwnExitCode() {
    rows()
        .selectExpr("id", "if(id = 7, '', text) text")
        .write()
        .mode("overwrite")
        .parquet(input.toString());

    CommandRun failfast = classify("--on-error", "failfast", "--partitions", "0");
    assertEquals(4, failfast.code());
    assertTrue(failfast.err().contains("Row 8 of partition "), failfast.err());
    assertEquals(List.of("in put"), names(folder));

    CommandRun permissive = classify();
    assertEquals(0, permissive.code(), permissive.err());
    assertEquals(1, spark.read().parquet(output.toString()).where("error is not null").count());
    assertTrue(permissive.out().contains("errors                   1"), permissive.out());
  }

  @Test
  void theSummaryTellsOfSuccessAndFailure() throws IOException {
    Path file = folder.resolve("made/summary.json");

    assertEquals(0, classify("--summary", file, "--quiet").code());
    JsonNode good = new ObjectMapper().readTree(file.toFile());
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

    assertEquals(5, classify("--summary", file).code());
    JsonNode bad = new ObjectMapper().readTree(file.toFile());
    assertEquals("failed", bad.path("status").asText());
    assertEquals(5, bad.path("exit_code").asInt());
    assertTrue(bad.path("message").asText().contains("exists"));
    assertEquals(List.of("summary.json"), names(file.getParent()));
  }

  @Test
  void quietPrintsNothing() {
    CommandRun run = classify("-q");

    assertEquals(0, run.code());
    assertEquals("", run.out());
    assertEquals("", run.err());
  }

  @Test
  void partitionsDealTheRowsOut() {
    assertEquals(0, classify("--partitions", "3").code());

    assertEquals(3, names(output).stream().filter(name -> name.startsWith("part-")).count());
  }

  @Test
  void keysOfOursAreCheckedAndObeyed() {
    CommandRun unknown = classify("--conf", "spark.adept.batch.size=1");
    assertEquals(3, unknown.code());
    assertTrue(unknown.err().contains("spark.adept.batch.size"), unknown.err());

    CommandRun malformed = classify("--conf", "spark.adept.batch.rows=many");
    assertEquals(3, malformed.code());
    assertTrue(malformed.err().contains("'many'"), malformed.err());

    CommandRun full = classify("--conf", "spark.adept.exit.policy=confidence", "--policy", "none");
    assertEquals(0, full.code(), full.err());
    assertEquals(ROWS, spark.read().parquet(output.toString()).where("exit_layer = 3").count());
  }

  private CommandRun classify(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(arguments));
    if (!all.contains("--input")) {
      all.addAll(List.of("--input", input));
    }
    if (!all.contains("--output")) {
      all.addAll(List.of("--output", output));
    }
    if (!all.contains("--model")) {
      all.addAll(List.of("--model", model));
    }
    all.add(0, "classify");
    return CommandRun.of(all.toArray());
  }

  private static List<String> names(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
