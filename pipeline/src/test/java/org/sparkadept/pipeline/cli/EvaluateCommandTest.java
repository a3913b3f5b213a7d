package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.udfs.sharing.LocalModels;

class EvaluateCommandTest extends CommandTest {
  private static final int ROWS = 60;
  private static final LabelledTexts TABLE = new LabelledTexts(ROWS);

  @BeforeEach
  void writeModelAndInput() throws IOException {
    TinyAdept adept = TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(0.5, 1);
    model = TestModel.write(folder, adept);
    TABLE.write(input);
  }

  private void append(String... lines) throws IOException {
    Files.write(input, List.of(lines), StandardOpenOption.APPEND);
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

  private ObjectNode report() throws IOException {
    return JsonEdit.read(folder.resolve("report/evaluation.json"));
  }

  private Classifications answers(PolicyKind policy, float threshold) {
    return TABLE.classify(model, ClassifierOptions.defaults().withPolicy(policy, threshold));
  }

  private static double accuracy(Classifications answers) {
    double right = 0;
    for (int i = 0; i < ROWS; i++) {
      right += answers.label(i).equals(TestModel.label(i)) ? 1 : 0;
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

  @Test
  void figuresAreThoseOfTheAnswersThemselves() throws IOException {
    evaluate().assertOk();
    Classifications answers = answers(PolicyKind.MODEL, Float.NaN);
    Classifications fullDepth = answers(PolicyKind.NONE, Float.NaN);
    JsonNode report = report();
    assertEquals("adept", report.get("policy").asText());
    assertEquals(0.5, report.get("threshold").asDouble());
    assertEquals(ROWS, report.get("rows").asLong());
    assertEquals(accuracy(answers), report.get("accuracy").asDouble(), 1e-12);
    assertEquals(accuracy(fullDepth), report.get("full_depth_accuracy").asDouble(), 1e-12);
    assertEquals(agreement(answers, fullDepth), report.get("agreement").asDouble(), 1e-12);
    assertEquals(LabelledTexts.compute(answers), report.get("compute").asDouble(), 1e-12);
    long[] rowsAt = new long[3];
    long[][] confusion = new long[3][3];
    for (int i = 0; i < ROWS; i++) {
      rowsAt[answers.exitLayer(i) - 1]++;
      confusion[i % 3][answers.labelIndex(i)]++;
    }
    for (int exit = 0; exit < 3; exit++) {
      assertEquals(rowsAt[exit], report.at("/exits/" + exit + "/rows").asLong());
    }
    assertEquals(
        new ObjectMapper().valueToTree(confusion).toString(), report.get("confusion").toString());
    assertTrue(Files.readString(folder.resolve("report/evaluation.html")).contains("Evaluation"));
  }

  @Test
  void everyPointOfTheFrontierIsWhatARunOfThatPolicyGives() throws IOException {
    evaluate().assertOk();

    Classifications fullDepth = answers(PolicyKind.NONE, Float.NaN);
    List<String> policies = new ArrayList<>();
    int tried = 0;
    for (JsonNode point : report().get("frontier")) {
      String policy = point.get("policy").asText();
      policies.add(policy);
      if (tried++ % 6 != 0) {
        continue;
      }
      Classifications answers =
          answers(PolicyKind.parse(policy), (float) point.get("threshold").asDouble());
      assertEquals(accuracy(answers), point.get("accuracy").asDouble(), 1e-12, point::toString);
      assertEquals(
          agreement(answers, fullDepth), point.get("agreement").asDouble(), 1e-12, point::toString);
      // The head has one output more where the trace is of policy adept.
      assertEquals(
          LabelledTexts.compute(answers), point.get("compute").asDouble(), 0.01, point::toString);
    }
    assertEquals(
        List.of("adept", "confidence", "entropy", "patience"),
        policies.stream().distinct().toList());
  }

  @Test
  void theModelIsLoadedOnceForThePolicyFullDepthAndTheTrace() throws IOException {
    long loads = LocalModels.loads();

    evaluate("--partitions", 5).assertOk();

    assertEquals(1, LocalModels.loads() - loads);
  }

  @Test
  void partitionsAndBatchesChangeNothing() throws IOException {
    evaluate("--partitions", 1).assertOk();
    ObjectNode one = report();
    evaluate("--partitions", 7, "--conf", "spark.adept.batch.rows=3").assertOk();
    ObjectNode many = report();

    for (String own : List.of("provenance", "seconds", "full_depth_seconds", "reliability")) {
      one.remove(own);
      many.remove(own);
    }
    assertEquals(one, many);
  }

  @Test
  void rowsWithoutLabelOrTextOrContentAreCountedAndTold() throws IOException {
    append(
        "{\"text\":\"a\"}",
        "{\"text\":\"b\"}",
        "{\"label\":\"no\"}",
        LabelledTexts.line("", "yes"));

    CommandRun run = evaluate();

    run.assertOk();
    assertEquals(ROWS, report().get("rows").asLong());
    assertEquals(ROWS + 4, report().at("/input/rows").asLong());
    assertEquals(2, report().at("/input/null_labels").asLong());
    assertEquals(1, report().at("/input/null_texts").asLong());
    assertEquals(1, report().at("/input/errors").asLong());
    run.assertOk("no label      2, skipped", "errors        1, not scored, e.g. text is empty");
  }

  @Test
  void unknownLabelsAreListedAndStopTheRun() throws IOException {
    append(
        LabelledTexts.line("a", "nope"),
        LabelledTexts.line("b", "nope"),
        LabelledTexts.line("c", "GRÜN"));

    evaluate()
        .assertFails(3, "'nope' (rows: 2), 'GRÜN' (rows: 1).", "The model has no, yes, grün.");
    assertFalse(Files.exists(folder.resolve("report")));
  }

  @Test
  void unknownLabelsCountAsWrongOnRequest() throws IOException {
    append(LabelledTexts.line("a", "nope"), LabelledTexts.line("b", "nope"));

    evaluate("--unknown-labels", "count").assertOk();
    assertEquals(ROWS + 2, report().get("rows").asLong());
    assertEquals(2, report().at("/input/unknown_labels").asLong());
    double right = accuracy(answers(PolicyKind.MODEL, Float.NaN)) * ROWS;
    assertEquals(right / (ROWS + 2), report().get("accuracy").asDouble(), 1e-12);
  }

  @Test
  void nothingToMeasureIsAnError() throws IOException {
    Files.writeString(input, "{\"text\":\"a\",\"label\":null}\n{\"text\":null,\"label\":\"no\"}\n");

    evaluate()
        .assertFails(
            3, "There is nothing to measure: ", "rows 2, without a label 1, without a text 1");
  }

  @Test
  void absentColumnsAreNamedWithThoseThatAreThere() {
    evaluate("--label-column", "topic")
        .assertFails(3, "no column 'topic' (--label-column). It has label STRING, text STRING");
  }

  @Test
  void aModelWithoutExitsIsMeasuredAtFullDepth() throws IOException {
    Path plain = TestModel.checkpoint().write(folder.resolve("plain"));

    evaluate(plain).assertOk();
    assertEquals("none", report().get("policy").asText());
    assertEquals(1, report().get("agreement").asDouble());
    assertEquals(1, report().get("compute").asDouble());
    assertEquals(0, report().get("frontier").size());
    assertEquals(3, report().at("/exits/0/layer").asInt());
  }

  @Test
  void anotherPolicyCanBeAskedFor() throws IOException {
    evaluate("--policy", "confidence", "--threshold", "0.45").assertOk();
    assertEquals("confidence", report().get("policy").asText());
    assertEquals(
        LabelledTexts.compute(answers(PolicyKind.CONFIDENCE, 0.45f)),
        report().get("compute").asDouble(),
        1e-12);

    evaluate("--policy", "none").assertOk();
    assertEquals(1, report().get("compute").asDouble());
    assertTrue(report().get("frontier").size() > 50);

    evaluate("--policy", "entropy").assertFails(3, "'entropy' needs a threshold");
  }
}
