package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.TestModel;

class ExplainCommandTest extends CommandTest {
  private static final String TEXT = "the grün text";

  @BeforeEach
  void writeModel() throws IOException {
    TinyAdept adept = TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(0.01, 1);
    model = TestModel.write(folder, adept);
  }

  private CommandRun explain(Object... more) {
    List<Object> args = new ArrayList<>(List.of("explain", "--model", model));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  private Classifications answers() {
    try (LoadedModel loaded = LoadedModel.open(model, ComputeOptions.defaults())) {
      return loaded
          .classifier(ClassifierOptions.defaults())
          .classify(new byte[][] {TEXT.getBytes(StandardCharsets.UTF_8)});
    }
  }

  @Test
  void theReportTellsWhatClassifyAnswers() throws IOException {
    Path report = folder.resolve("report");
    explain("--text", TEXT, "--report", report).assertOk();
    Classifications answers = answers();
    JsonNode json = JsonEdit.read(report.resolve("explanation.json"));
    assertEquals(answers.label(0), json.get("label").asText());
    assertEquals(answers.score(0), json.get("probability").floatValue());
    assertEquals(answers.exitLayer(0), json.get("exit_layer").asInt());
    assertEquals(
        (double) answers.flops(0) / answers.fullDepthFlops(0),
        json.get("compute").asDouble(),
        1e-12);
    assertEquals(3, json.get("steps").size());
    double sum = 0;
    for (JsonNode probability : json.at("/steps/1/probabilities")) {
      sum += probability.asDouble();
    }
    assertEquals(1, sum, 1e-5);
    assertEquals(answers.tokens(0), json.get("tokens").size());
    StringBuilder text = new StringBuilder();
    json.get("tokens").forEach(token -> text.append(token.get("text").asText()));
    assertTrue(text.toString().startsWith("the gr"), text.toString());
    assertTrue(Files.exists(report.resolve("explanation.html")));
  }

  @Test
  void theTerminalShowsEveryExitAndItsDecision() {
    CommandRun run = explain("--text", TEXT, "--policy", "adept", "--threshold", "1");

    run.assertOk("after layer 3 of 3", "policy adept, τ = 1.0");
    assertEquals(2, run.out().lines().filter(line -> line.endsWith("continues")).count());
    assertEquals(1, run.out().lines().filter(line -> line.endsWith("exits")).count());
    run.assertOk("with the layer after which each exited", "₁");
  }

  @Test
  void atFullDepthThereIsOneStep() {
    explain("--text", TEXT, "--policy", "none")
        .assertOk("for 100.0 % of full depth's compute", "No token exited earlier");
  }

  @Test
  void rowsOfATableAreExplainedOneByOne() throws IOException {
    Files.writeString(
        input, "{\"body\":\"one\"}\n{\"n\":1}\n{\"body\":\"two\"}\n{\"body\":\"three\"}\n");
    Path report = folder.resolve("report");

    explain("--input", input, "--format", "json", "-t", "body", "--rows", 2, "--report", report)
        .assertOk();
    JsonNode first = JsonEdit.read(report.resolve("explanation-1.json"));
    JsonNode second = JsonEdit.read(report.resolve("explanation-2.json"));
    assertEquals("one", first.get("text").asText());
    assertEquals("two", second.get("text").asText());

    explain("--input", input, "--format", "json", "-t", "head")
        .assertFails(3, "no column 'head' (--text-column). It has body STRING, n BIGINT");
  }

  @Test
  void tellsWhatIsWrong() {
    explain().assertFails(2);
    explain("--text", TEXT, "--rows", 0).assertFails(2);

    explain("--text", "").assertFails(3, "cannot be explained: text is empty");

    CommandRun.of("explain", "--text", TEXT).assertFails(3, "No model given");
  }
}
