package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestSpark;

class EvaluateCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROWS = 60;
  private static final String[] LABELS = {"no", "yes", "grün"};

  @TempDir private static Path shared;
  private static Path model;

  @TempDir private Path folder;
  private Path input;

  @BeforeAll
  static void writeModel() throws IOException {
    TestSpark.session();
    model =
        TinyCheckpoint.llama()
            .labels(LABELS)
            .adept(TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(0.5, 1))
            .write(Files.createDirectory(shared.resolve("model")));
  }

  @BeforeEach
  void writeInput() throws IOException {
    input = folder.resolve("in.json");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      lines.add(line(text(i), label(i)));
    }
    Files.write(input, lines);
  }

  private static String text(int row) {
    return "the text number " + row * 37;
  }

  private static String label(int row) {
    return LABELS[row % 3];
  }

  private static String line(String text, String label) {
    ObjectNode row = JSON.createObjectNode();
    return row.put("text", text).put("label", label).toString();
  }

  private void append(String... lines) throws IOException {
    Files.write(input, List.of(lines), java.nio.file.StandardOpenOption.APPEND);
  }

  private CommandRun evaluate(Object... more) {
    return evaluate(model, more);
  }

  private CommandRun evaluate(Path directory, Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of("evaluate", "--input", input, "--format", "json", "--model", directory));
    args.addAll(List.of("--report", folder.resolve("report")));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  private JsonNode report() throws IOException {
    return JSON.readTree(folder.resolve("report/evaluation.json").toFile());
  }

  private static Classifications classify(String policy, float threshold) {
    byte[][] texts = new byte[ROWS][];
    for (int i = 0; i < ROWS; i++) {
      texts[i] = text(i).getBytes(StandardCharsets.UTF_8);
    }
    DecoderOptions options = DecoderOptions.defaults().withPolicy(policy, threshold);
    try (Decoder decoder = Decoder.open(model, options)) {
      return decoder.classify(texts);
    }
  }

  private static double accuracy(Classifications answers) {
    double right = 0;
    for (int i = 0; i < ROWS; i++) {
      right += answers.label(i).equals(label(i)) ? 1 : 0;
    }
    return right / ROWS;
  }

  private static double agreement(Classifications answers, Classifications others) {
    double same = 0;
    for (int i = 0; i < ROWS; i++) {
      same += answers.labelIndex(i) == others.labelIndex(i) ? 1 : 0;
    }
    return same / ROWS;
  }

  private static double compute(Classifications answers) {
    return (double) answers.statistics().flops() / answers.statistics().fullDepthFlops();
  }

  @Test
  void figuresAreThoseOfTheAnswersThemselves() throws IOException {
    CommandRun run = evaluate();

    assertEquals(0, run.code(), run.err());
    Classifications answers = classify("model", Float.NaN);
    Classifications fullDepth = classify("none", Float.NaN);
    JsonNode report = report();
    assertEquals("adept", report.get("policy").asText());
    assertEquals(0.5, report.get("threshold").asDouble());
    assertEquals(ROWS, report.get("rows").asLong());
    assertEquals(accuracy(answers), report.get("accuracy").asDouble(), 1e-12);
    assertEquals(accuracy(fullDepth), report.get("full_depth_accuracy").asDouble(), 1e-12);
    assertEquals(agreement(answers, fullDepth), report.get("agreement").asDouble(), 1e-12);
    assertEquals(compute(answers), report.get("compute").asDouble(), 1e-12);
    long[] rowsAt = new long[3];
    long[][] confusion = new long[3][3];
    for (int i = 0; i < ROWS; i++) {
      rowsAt[answers.exitLayer(i) - 1]++;
      confusion[i % 3][answers.labelIndex(i)]++;
    }
    for (int exit = 0; exit < 3; exit++) {
      assertEquals(rowsAt[exit], report.at("/exits/" + exit + "/rows").asLong());
    }
    assertEquals(JSON.valueToTree(confusion).toString(), report.get("confusion").toString());
    assertTrue(Files.readString(folder.resolve("report/evaluation.html")).contains("Evaluation"));
  }

  @Test
  void everyPointOfTheFrontierIsWhatARunOfThatPolicyGives() throws IOException {
    assertEquals(0, evaluate().code());

    Classifications fullDepth = classify("none", Float.NaN);
    List<String> policies = new ArrayList<>();
    int tried = 0;
    for (JsonNode point : report().get("frontier")) {
      String policy = point.get("policy").asText();
      policies.add(policy);
      if (tried++ % 6 != 0) {
        continue;
      }
      Classifications answers = classify(policy, (float) point.get("threshold").asDouble());
      assertEquals(accuracy(answers), point.get("accuracy").asDouble(), 1e-12, point::toString);
      assertEquals(
          agreement(answers, fullDepth), point.get("agreement").asDouble(), 1e-12, point::toString);
      // The head has one output more where the trace is of policy adept.
      assertEquals(compute(answers), point.get("compute").asDouble(), 0.01, point::toString);
    }
    assertEquals(
        List.of("adept", "confidence", "entropy", "patience"),
        policies.stream().distinct().toList());
  }

  @Test
  void partitionsAndBatchesChangeNothing() throws IOException {
    assertEquals(0, evaluate("--partitions", 1).code());
    ObjectNode one = (ObjectNode) report();
    assertEquals(0, evaluate("--partitions", 7, "--conf", "spark.adept.batch.rows=3").code());
    ObjectNode many = (ObjectNode) report();

    for (String own : List.of("provenance", "seconds", "full_depth_seconds", "reliability")) {
      one.remove(own);
      many.remove(own);
    }
    assertEquals(one, many);
  }

  @Test
  void rowsWithoutLabelOrTextOrContentAreCountedAndTold() throws IOException {
    append("{\"text\":\"a\"}", "{\"text\":\"b\"}", "{\"label\":\"no\"}", line("", "yes"));

    CommandRun run = evaluate();

    assertEquals(0, run.code(), run.err());
    assertEquals(ROWS, report().get("rows").asLong());
    assertEquals(ROWS + 4, report().at("/input/rows").asLong());
    assertEquals(2, report().at("/input/null_labels").asLong());
    assertEquals(1, report().at("/input/null_texts").asLong());
    assertEquals(1, report().at("/input/errors").asLong());
    assertTrue(run.out().contains("NULL label    2, passed over"), run.out());
    assertTrue(run.out().contains("errors        1, not scored, e.g. text is empty"), run.out());
  }

  @Test
  void unknownLabelsAreListedAndStopTheRun() throws IOException {
    append(line("a", "nope"), line("b", "nope"), line("c", "GRÜN"));

    CommandRun run = evaluate();

    assertEquals(3, run.code());
    assertTrue(run.err().contains("'nope' (rows: 2), 'GRÜN' (rows: 1)."), run.err());
    assertTrue(run.err().contains("The model has no, yes, grün."), run.err());
    assertFalse(Files.exists(folder.resolve("report")));
  }

  @Test
  void unknownLabelsCountAsWrongOnRequest() throws IOException {
    append(line("a", "nope"), line("b", "nope"));

    CommandRun run = evaluate("--unknown-labels", "count");

    assertEquals(0, run.code(), run.err());
    assertEquals(ROWS + 2, report().get("rows").asLong());
    assertEquals(2, report().at("/input/unknown_labels").asLong());
    double right = accuracy(classify("model", Float.NaN)) * ROWS;
    assertEquals(right / (ROWS + 2), report().get("accuracy").asDouble(), 1e-12);
  }

  @Test
  void nothingToMeasureIsAnError() throws IOException {
    Files.writeString(input, "{\"text\":\"a\",\"label\":null}\n{\"text\":null,\"label\":\"no\"}\n");

    CommandRun run = evaluate();

    assertEquals(3, run.code());
    assertTrue(run.err().contains("There is nothing to measure: "), run.err());
    assertTrue(run.err().contains("rows 2, without a label 1, without a text 1"), run.err());
  }

  @Test
  void absentColumnsAreNamedWithThoseThatAreThere() {
    CommandRun run = evaluate("--label-column", "topic");

    assertEquals(3, run.code());
    assertTrue(
        run.err().contains("no column 'topic' (--label-column). It has label STRING, text STRING"),
        run.err());
  }

  @Test
  void aModelWithoutExitsIsMeasuredAtFullDepth() throws IOException {
    Path plain =
        TinyCheckpoint.llama().labels(LABELS).write(Files.createDirectory(folder.resolve("plain")));

    CommandRun run = evaluate(plain);

    assertEquals(0, run.code(), run.err());
    assertEquals("none", report().get("policy").asText());
    assertEquals(1, report().get("agreement").asDouble());
    assertEquals(1, report().get("compute").asDouble());
    assertEquals(0, report().get("frontier").size());
    assertEquals(3, report().at("/exits/0/layer").asInt());
  }

  @Test
  void anotherPolicyCanBeAskedFor() throws IOException {
    assertEquals(0, evaluate("--policy", "confidence", "--threshold", "0.45").code());
    assertEquals("confidence", report().get("policy").asText());
    assertEquals(compute(classify("confidence", 0.45f)), report().get("compute").asDouble(), 1e-12);

    assertEquals(0, evaluate("--policy", "none").code());
    assertEquals(1, report().get("compute").asDouble());
    assertTrue(report().get("frontier").size() > 50);

    CommandRun run = evaluate("--policy", "entropy");
    assertEquals(3, run.code());
    assertTrue(run.err().contains("'entropy' needs a threshold"), run.err());
  }
}
