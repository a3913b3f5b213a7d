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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.failure.ExitCode;

/** {@code adept fit} from arguments to model directory and reports. */
class FitCommandTest extends CommandTest {
  @BeforeEach
  void writeModel() throws IOException {
    model = TinyCheckpoint.llama().withoutHead().write(folder.resolve("model"));
  }

  private void writeRows(int count) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = (i % 2 == 0 ? "aabbcc" : "xxyyzz").repeat(1 + i % 3) + " " + i % 89;
      ObjectNode row = new ObjectMapper().createObjectNode();
      lines.add(row.put("text", text).put("topic", i % 2 == 0 ? "a" : "x").toString());
    }
    Files.write(input, lines);
  }

  private CommandRun fit(Object... more) {
    List<Object> args = new ArrayList<>(List.of("fit", "-i", input, "-f", "json", "-l", "topic"));
    args.addAll(List.of("--model", model, "-o", output, "--exit-layers", "1,3"));
    args.addAll(List.of("--depth", "full"));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  @Test
  void aFitTellsItsPassesAndItsFigures() throws IOException {
    writeRows(900);
    Path report = folder.resolve("report");
    Object[] options = {
      "--no-token-exit",
      "--max-accuracy-loss=0.05",
      "--delta=0.1",
      "--reg-param=0.01",
      "--report=" + report
    };

    CommandRun run = fit(options).assertOk("for calibration");

    assertTrue(run.err().contains("adept: fit: pass 1 of 5"), run.err());
    assertTrue(run.err().contains("exit head after layer 1 of 3"), run.err());
    JsonNode json = JsonEdit.read(output.resolve("adept.json"));
    double threshold = json.at("/policy/threshold").asDouble();
    run.assertOk("  threshold τ   " + threshold + "\n", "  compute       ");
    for (String name : new String[] {"fit.html", "fit.json", "calibration.html"}) {
      assertTrue(Files.exists(report.resolve(name)), name);
    }
    assertTrue(Files.exists(output.resolve("adept.json")));
    assertFalse(Files.exists(output.resolve("report")));
  }

  @Test
  void aModelIsRefittedToOtherLabelsWhereThatIsAskedFor() throws IOException {
    model =
        TinyCheckpoint.llama()
            .labels("good", "bad", "ugly")
            .adept(TinyAdept.confidence(0.5, 1, 3))
            .write(folder.resolve("other"));
    writeRows(900);
    Object[] options = {"--no-token-exit", "--max-accuracy-loss=0.05", "--delta=0.1"};
    fit(options).assertFails(ExitCode.UNUSABLE, "[good, bad, ugly]", "[a, x]", "--heads");
    assertFalse(Files.exists(output));
    fit("--heads=keep").assertFails(ExitCode.UNUSABLE, "lack: [a, x]", "(--heads) fit");

    List<Object> refit = new ArrayList<>(List.of(options));
    refit.addAll(List.of("--heads=fit", "--report=" + folder.resolve("report")));
    CommandRun run = fit(refit.toArray()).assertOk("heads for 3 other labels");
    assertTrue(run.err().contains("for the labels [good, bad, ugly], are replaced"), run.err());
    JsonNode report = JsonEdit.read(folder.resolve("report").resolve("fit.json"));
    assertEquals(3, report.path("replaced_labels").size(), report.toString());
    JsonNode json = JsonEdit.read(output.resolve("adept.json"));
    assertEquals("[\"a\",\"x\"]", json.get("labels").toString());
    assertTrue(json.has("calibration"));

    model = output;
    output = folder.resolve("labelled");
    classify("-f", "json", "--output-format", "json").assertOk();
    assertEquals(900, spark.read().json(output.toString()).where("label in ('a', 'x')").count());
  }

  @Test
  void aRowCountThatCannotCarryTheGuaranteeIsRefusedWithTheNumberThatCan() throws IOException {
    writeRows(200);

    fit("--no-token-exit").assertFails(ExitCode.UNUSABLE, "needs at least 299");
    assertFalse(Files.exists(output));
  }

  @Test
  void tokenExitsAreFittedAndSwitchedAndAQuietFitSaysNothing() throws IOException {
    writeRows(900);
    Object[] options = {
      "--max-disagreement=0.05",
      "--token-exit-layers=1",
      "--token-threshold=0.25",
      "--mapper-tokens=2000",
      "--partitions=3",
      "--conf=spark.adept.model.maxTokens=16",
      "--quiet"
    };

    CommandRun run = fit(options).assertOk();

    assertEquals("", run.out());
    assertEquals("", run.err());
    JsonNode json = JsonEdit.read(output.resolve("adept.json"));
    assertEquals(0.25, json.at("/token_policy/threshold").asDouble());
    assertEquals("[1]", json.at("/token_policy/exit_layers").toString());
    assertEquals(
        json.at("/calibration/token_exit").asBoolean(),
        json.at("/token_policy/enabled").asBoolean());
    assertTrue(json.at("/token_policy").has("enabled"));
  }

  @Test
  void rowsWithoutTextAreRefusedWithTheirCount() throws IOException {
    writeRows(900);
    List<String> lines = new ArrayList<>(Files.readAllLines(input));
    lines.add("{\"text\": \"\", \"topic\": \"x\"}");
    lines.add("{\"text\": \" \", \"topic\": \"x\"}");
    lines.add("{\"topic\": \"x\"}");
    Files.write(input, lines);

    fit("--no-token-exit", "--max-disagreement=0.05")
        .assertFails(
            ExitCode.UNUSABLE,
            "3 rows have no text in column 'text' (NULL: 1, empty or only spaces: 2), such as one"
                + " with the label 'x'; keep the rows where trim(`text`) <> ''.");
    assertFalse(Files.exists(output));
  }

  @Test
  void whatIsWrongIsToldWithTheOption() throws IOException {
    writeRows(20);

    fit("--text-column", "body")
        .assertFails(
            ExitCode.UNUSABLE,
            "no column 'body' (--text-column). It has text STRING, topic STRING");
    fit("--max-disagreement", "0.1", "--max-accuracy-loss", "0.1").assertFails(ExitCode.USAGE);
    fit("--conf", "spark.adept.modle.path=x")
        .assertFails(ExitCode.UNUSABLE, "spark.adept.modle.path");
  }
}
