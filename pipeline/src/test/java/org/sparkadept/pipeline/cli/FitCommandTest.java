package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.failure.ExitCode;

/** {@code adept fit} from arguments to model directory and reports. */
class FitCommandTest {
  @TempDir Path folder;

  private Path rows(int count) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String text = (i % 2 == 0 ? "aabbcc" : "xxyyzz").repeat(1 + i % 3) + " " + i % 89;
      lines.append("{\"text\": \"" + text + "\", \"topic\": \"" + (i % 2 == 0 ? "a" : "x"));
      lines.append("\"}\n");
    }
    return Files.writeString(folder.resolve("rows.json"), lines);
  }

  private CommandRun fit(Path model, Path rows, Object... more) {
    Object[] args = new Object[13 + more.length];
    System.arraycopy(
        new Object[] {
          "fit",
          "-i",
          rows,
          "-f",
          "json",
          "-l",
          "topic",
          "--model",
          model,
          "-o",
          folder.resolve("fitted"),
          "--exit-layers",
          "1,3"
        },
        0,
        args,
        0,
        13);
    System.arraycopy(more, 0, args, 13, more.length);
    return CommandRun.of(args);
  }

  @Test
  void aFitTellsItsPassesAndItsFigures() throws IOException {
    Path model = TinyCheckpoint.llama().withoutHead().write(folder.resolve("model"));
    CommandRun run =
        fit(
            model,
            rows(900),
            "--no-token-exit",
            "--max-accuracy-loss",
            "0.05",
            "--delta",
            "0.1",
            "--reg-param",
            "0.01",
            "--report",
            folder.resolve("report"));
    assertEquals(ExitCode.OK, run.code(), run.err());
    assertTrue(run.err().contains("adept: fit: pass 1 of 5"), run.err());
    assertTrue(run.err().contains("exit head after layer 1 of 3"), run.err());
    assertTrue(run.out().contains("to calibrate on"), run.out());
    JsonNode json = new ObjectMapper().readTree(folder.resolve("fitted/adept.json").toFile());
    double threshold = json.at("/policy/threshold").asDouble();
    assertTrue(run.out().contains("  threshold τ   " + threshold + "\n"), run.out());
    assertTrue(run.out().contains("  compute       "), run.out());
    for (String name : new String[] {"fit.html", "fit.json", "calibration.html"}) {
      assertTrue(Files.exists(folder.resolve("report").resolve(name)), name);
    }
    assertTrue(Files.exists(folder.resolve("fitted/adept.json")));
    assertFalse(Files.exists(folder.resolve("fitted/report")));
  }

  @Test
  void aRowCountThatCannotCarryTheGuaranteeIsRefusedWithTheNumberThatCan() throws IOException {
    Path model = TinyCheckpoint.llama().withoutHead().write(folder.resolve("model"));
    CommandRun run = fit(model, rows(200), "--no-token-exit");
    assertEquals(ExitCode.UNUSABLE, run.code());
    assertTrue(run.err().contains("takes at least 299"), run.err());
    assertFalse(Files.exists(folder.resolve("fitted")));
  }

  @Test
  void tokenExitsAreFittedAndSwitchedAndAQuietFitSaysNothing() throws IOException {
    Path model = TinyCheckpoint.llama().withoutHead().write(folder.resolve("model"));
    CommandRun run =
        fit(
            model,
            rows(900),
            "--max-disagreement",
            "0.05",
            "--token-exit-layers",
            "1",
            "--token-threshold",
            "0.25",
            "--mapper-tokens",
            "2000",
            "--partitions",
            "3",
            "--conf",
            "spark.adept.model.maxTokens=16",
            "--quiet");
    assertEquals(ExitCode.OK, run.code(), run.err());
    assertEquals("", run.out());
    assertEquals("", run.err());
    JsonNode json = new ObjectMapper().readTree(folder.resolve("fitted/adept.json").toFile());
    assertEquals(0.25, json.at("/token_policy/threshold").asDouble());
    assertEquals("[1]", json.at("/token_policy/exit_layers").toString());
    assertEquals(
        json.at("/calibration/token_exit").asBoolean(),
        json.at("/token_policy/enabled").asBoolean());
    assertTrue(json.at("/token_policy").has("enabled"));
  }

  @Test
  void whatIsWrongIsToldWithTheOption() throws IOException {
    Path model = TinyCheckpoint.llama().withoutHead().write(folder.resolve("model"));
    CommandRun column = fit(model, rows(20), "--text-column", "body");
    assertEquals(ExitCode.UNUSABLE, column.code());
    assertTrue(
        column.err().contains("no column 'body' (--text-column). It has text STRING, topic STRING"),
        column.err());
    assertEquals(
        ExitCode.USAGE,
        fit(model, rows(20), "--max-disagreement", "0.1", "--max-accuracy-loss", "0.1").code());
    CommandRun key = fit(model, rows(20), "--conf", "spark.adept.modle.path=x");
    assertEquals(ExitCode.UNUSABLE, key.code());
    assertTrue(key.err().contains("spark.adept.modle.path"), key.err());
  }
}
