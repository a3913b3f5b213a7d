package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestSpark;

class ExplainCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXT = "the grün text";

  @TempDir private static Path shared;
  private static Path model;

  @TempDir private Path folder;

  @BeforeAll
  static void writeModel() throws IOException {
    model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(0.01, 1))
            .write(Files.createDirectory(shared.resolve("model")));
  }

  private CommandRun explain(Object... more) {
    List<Object> args = new ArrayList<>(List.of("explain", "--model", model));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  private static Classifications classify() {
    try (Decoder decoder = Decoder.open(model, DecoderOptions.defaults())) {
      return decoder.classify(new byte[][] {TEXT.getBytes(StandardCharsets.UTF_8)});
    }
  }

  @Test
  void theReportTellsWhatClassifyAnswers() throws IOException {
    Path report = folder.resolve("report");
    CommandRun run = explain("--text", TEXT, "--report", report);

    assertEquals(0, run.code(), run.err());
    Classifications answers = classify();
    JsonNode json = JSON.readTree(report.resolve("explanation.json").toFile());
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

    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("after layer 3 of 3"), run.out());
    assertTrue(run.out().contains("policy adept, τ = 1.0"), run.out());
    assertEquals(2, run.out().lines().filter(line -> line.endsWith("goes on")).count());
    assertEquals(1, run.out().lines().filter(line -> line.endsWith("answers")).count());
    assertTrue(run.out().contains("each with the layer after which it left"), run.out());
    assertTrue(run.out().contains("₁"), run.out());
  }

  @Test
  void atFullDepthThereIsOneStep() {
    CommandRun run = explain("--text", TEXT, "--policy", "none");

    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("for 100.0 % of full depth's compute"), run.out());
    assertTrue(run.out().contains("tokens left before"), run.out());
  }

  @Test
  void rowsOfATableAreExplainedOneByOne() throws IOException {
    TestSpark.session();
    Path input = folder.resolve("in.json");
    Files.writeString(
        input, "{\"body\":\"one\"}\n{\"n\":1}\n{\"body\":\"two\"}\n{\"body\":\"three\"}\n");
    Path report = folder.resolve("report");

    CommandRun run =
        explain(
            "--input", input, "--format", "json", "-t", "body", "--rows", 2, "--report", report);

    assertEquals(0, run.code(), run.err());
    JsonNode first = JSON.readTree(report.resolve("explanation-1.json").toFile());
    JsonNode second = JSON.readTree(report.resolve("explanation-2.json").toFile());
    assertEquals("one", first.get("text").asText());
    assertEquals("two", second.get("text").asText());

    CommandRun missing = explain("--input", input, "--format", "json", "-t", "head");
    assertEquals(3, missing.code());
    assertTrue(
        missing.err().contains("no column 'head' (--text-column). It has body STRING, n BIGINT"),
        missing.err());
  }

  @Test
  void tellsWhatIsWrong() {
    assertEquals(2, explain().code());
    assertEquals(2, explain("--text", TEXT, "--rows", 0).code());

    CommandRun empty = explain("--text", "");
    assertEquals(3, empty.code());
    assertTrue(empty.err().contains("cannot be explained: text is empty"), empty.err());

    CommandRun absent = CommandRun.of("explain", "--text", TEXT);
    assertEquals(3, absent.code());
    assertTrue(absent.err().contains("No model is named"), absent.err());
  }
}
