package org.sparkadept.pipeline.pyspark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.cluster.LoggedProcess;
import org.sparkadept.pipeline.cluster.SparkHome;

/**
 * Runs the code of {@code docs/python.md}: what Python gets by it is what the job {@code classify}
 * writes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PythonAnswers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path MODELS = Path.of("..", "models");
  private static final String SAMPLE =
      "src/main/resources/org/sparkadept/pipeline/demo/sample.jsonl";

  /** By package, the section that uses it. */
  private static final Map<String, String> READERS =
      Map.of("pyarrow", "PyArrow", "polars", "Polars", "duckdb", "DuckDB");

  /** The working directory of the page's code, with all that it reads. */
  private Path directory;

  private PySpark pyspark;
  private List<JsonNode> expected;

  /** Spark's settings that the page does not speak of. */
  abstract Map<String, String> settings();

  /** The section that starts a session of the other kind. */
  abstract String otherKind();

  /** Starts what the page's code connects to, and puts its address into the code. */
  abstract String connect(SparkHome home, Path workingDirectory, String code) throws Exception;

  /** What {@code answers.py} is told besides the page's code. */
  abstract List<String> arguments();

  @BeforeAll
  void runThePage(@TempDir Path folder) throws Exception {
    pyspark = PySpark.find();
    directory = Files.createDirectory(folder.resolve("directory"));
    Path jar = Path.of(System.getProperty("adept.jar"));
    Path target = Files.createDirectories(directory.resolve("pipeline/target"));
    Files.createSymbolicLink(target.resolve(jar.getFileName()), jar);
    Files.createSymbolicLink(directory.resolve("models"), MODELS.toRealPath());
    Path articles = directory.resolve("articles.parquet");
    writeArticles(articles);
    expected = classify(articles, folder.resolve("expected"));

    SparkHome home = pyspark.sparkHome(folder.resolve("spark"), settings());
    Path program = directory.resolve("python.md.py");
    Files.writeString(program, connect(home, directory, PythonPage.program(leftOut())));
    List<String> command =
        new ArrayList<>(
            List.of(pyspark.python(), PySpark.program("answers.py"), program.toString()));
    command.addAll(arguments());
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    home.environment(builder.environment());
    LoggedProcess run = LoggedProcess.start(builder, folder.resolve("python.log"));
    assertEquals(0, run.exitCode(), run.printed());
  }

  private Set<String> leftOut() {
    Set<String> sections = new HashSet<>(Set.of(otherKind()));
    READERS.forEach(
        (name, section) -> {
          if (!pyspark.packages().contains(name)) {
            sections.add(section);
          }
        });
    return sections;
  }

  private static void writeArticles(Path file) {
    SparkSession spark = TestSpark.session();
    spark
        .read()
        .json(SAMPLE)
        .limit(160)
        .coalesce(1)
        .selectExpr("monotonically_increasing_id() id", "text")
        .selectExpr(
            "id",
            "case id % 8 when 0 then null when 1 then '' when 2 then concat('🙂 ', text)"
                + " when 3 then repeat(text, 30) when 4 then cast(unhex('61C328') as string)"
                + " else text end text")
        .write()
        .parquet(file.toString());
  }

  private static List<JsonNode> classify(Path articles, Path output) throws IOException {
    Path model = MODELS.resolve("adept-dbpedia14");
    CommandRun.of("classify", "-i", articles, "-o", output, "--model", model, "--scores")
        .assertOk();
    List<String> rows =
        TestSpark.session()
            .read()
            .parquet(output.toString())
            .selectExpr(
                "id",
                "label",
                "cast(score as double) score",
                "transform(scores, s -> struct(s.label label, cast(s.score as double) score)) scores",
                "exit_layer",
                "tokens",
                "truncated",
                "error")
            .collectAsList()
            .stream()
            .map(Row::json)
            .toList();
    return parse(rows);
  }

  /** Rows of JSON, in the order of their ids. */
  private static List<JsonNode> parse(List<String> rows) throws JsonProcessingException {
    List<JsonNode> parsed = new ArrayList<>();
    for (String row : rows) {
      parsed.add(JSON.readTree(row));
    }
    parsed.sort(Comparator.comparingLong(row -> row.get("id").longValue()));
    return parsed;
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(directory.resolve(name + ".jsonl"));
  }

  /** Checks that Python has got all answers, as they were without the option {@code scores}. */
  void assertAnswers(String name) throws IOException {
    List<JsonNode> plain = new ArrayList<>();
    for (JsonNode row : expected) {
      ObjectNode copy = row.deepCopy();
      plain.add(copy.putNull("scores"));
    }
    assertEquals(plain, parse(lines(name)));
  }

  @Test
  void theAnswersAreOfManyKinds() {
    for (String field : List.of("label", "error", "scores")) {
      long filled = expected.stream().filter(row -> !row.get(field).isNull()).count();
      assertTrue(filled >= 40 && filled < expected.size(), field);
    }
    assertTrue(expected.stream().anyMatch(row -> row.get("truncated").asBoolean()));
    assertTrue(expected.stream().map(row -> row.get("label")).distinct().count() > 5);
    assertTrue(expected.stream().map(row -> row.get("exit_layer")).distinct().count() > 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"labelled", "by_sql"})
  void callsWithoutScores(String variable) throws IOException {
    assertAnswers(variable);
  }

  @Test
  void aCallByNameWithScores() throws IOException {
    assertEquals(expected, parse(lines("with_scores")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pyarrow", "polars"})
  void whatWasWrittenAsArrow(String reader) throws IOException {
    assumeTrue(pyspark.packages().contains(reader), pyspark.python() + " has no " + reader);
    assertAnswers(reader);
  }

  @Test
  void whatDuckDbCountsInArrow() throws IOException {
    assumeTrue(pyspark.packages().contains("duckdb"), pyspark.python() + " has no duckdb");
    Map<JsonNode, Integer> counts = new HashMap<>();
    expected.forEach(row -> counts.merge(row.get("label"), 1, Integer::sum));
    Map<JsonNode, Integer> counted = new HashMap<>();
    for (String line : lines("duckdb")) {
      JsonNode row = JSON.readTree(line);
      counted.put(row.get(0), row.get(1).intValue());
    }
    assertEquals(counts, counted);
  }
}
