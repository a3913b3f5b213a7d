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
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.prompt.LongRows;
import org.sparkadept.decoder.prompt.RowTexts;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.failure.ExitCode;

/** A prompt over two columns from the fit to the answers, and rows in chunks. */
class PromptCommandTest extends CommandTest {
  private static final String TEMPLATE = "T {title}\\nX {text}\\nL";

  /** As a shell would get it. */
  private static final String WRITTEN = "T {title}\\nX {text}\\nL".replace("\n", "\\n");

  @BeforeEach
  void writeModelAndRows() throws IOException {
    model = TinyCheckpoint.llama().withoutHead().positions(128).write(folder.resolve("model"));
    writeRows(900, 1);
  }

  private void writeRows(int count, int times) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ObjectNode row = new ObjectMapper().createObjectNode();
      row.put("id", i).put("title", title(i)).put("text", text(i, times));
      lines.add(row.put("topic", i % 2 == 0 ? "a" : "x").toString());
    }
    Files.write(input, lines);
  }

  private static String title(int row) {
    return row % 7 == 0 ? null : (row % 2 == 0 ? "ab" : "xy") + row % 5;
  }

  private static String text(int row, int times) {
    return ((row % 2 == 0 ? "aabb" : "xxyy").repeat(1 + row % 3) + " " + row % 89).repeat(times);
  }

  private CommandRun fit(Path from, Path to, Object... more) {
    List<Object> args = new ArrayList<>(List.of("fit", "-i", input, "-f", "json", "-l", "topic"));
    args.addAll(List.of("--model", from, "-o", to, "--depth", "full", "--no-token-exit"));
    args.addAll(List.of("--max-disagreement", "0.05", "--reg-param", "0.01"));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  private Path fitted() {
    Path fitted = folder.resolve("fitted");
    fit(model, fitted, "--prompt", WRITTEN, "--exit-layers", "1,3").assertOk();
    return fitted;
  }

  private CommandRun run(String command, Path directory, Object... more) {
    List<Object> args = new ArrayList<>(List.of(command, "-i", input, "-f", "json"));
    args.addAll(List.of("--model", directory));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  /** What the decoder itself answers. */
  private static Classifications answers(Path directory, int rows, int times, LongRows longRows) {
    byte[][] packed = new byte[rows][];
    for (int i = 0; i < rows; i++) {
      byte[] title = title(i) == null ? null : title(i).getBytes(StandardCharsets.UTF_8);
      packed[i] =
          RowTexts.pack(new byte[][] {title, text(i, times).getBytes(StandardCharsets.UTF_8)});
    }
    ClassifierOptions options =
        ClassifierOptions.defaults().withMaxTokens(64).withLongRows(longRows);
    try (LoadedModel loaded = LoadedModel.open(directory, ComputeOptions.defaults())) {
      return loaded.classifier(options).classify(packed);
    }
  }

  private void assertAnswers(Classifications expected) {
    List<Row> found = spark.read().parquet(output.toString()).orderBy("id").collectAsList();
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.label(i), found.get(i).getAs("label"), "row " + i);
      assertEquals(expected.score(i), found.get(i).<Float>getAs("score"), "row " + i);
      assertEquals(expected.tokens(i), found.get(i).<Integer>getAs("tokens"), "row " + i);
    }
  }

  @Test
  void aPromptOfTheFitIsThatOfEveryOtherCommand() throws IOException {
    Path fitted = fitted();
    JsonNode json = JsonEdit.read(fitted.resolve("adept.json"));
    assertEquals(TEMPLATE.replace("\\n", "\n"), json.at("/prompt/template").asText());
    assertEquals(3, json.path("format_version").asInt());

    run("classify", fitted, "-o", output, "--output-format", "parquet", "--max-tokens", "64")
        .assertOk();
    assertAnswers(answers(fitted, 900, 1, LongRows.CUT));

    run("evaluate", fitted, "-l", "topic").assertOk("accuracy");
    CommandRun calibrated =
        run(
            "calibrate",
            fitted,
            "-l",
            "topic",
            "-o",
            folder.resolve("calibrated"),
            "--max-disagreement",
            "0.2",
            "--policy",
            "confidence");
    calibrated.assertOk("Threshold written");
    assertEquals(
        json.path("prompt"), JsonEdit.read(folder.resolve("calibrated/adept.json")).path("prompt"));
    Path report = folder.resolve("report");
    run("explain", fitted, "--report", report).assertOk("tokens");
    JsonNode explained = JsonEdit.read(report.resolve("explanation.json"));
    assertTrue(explained.path("text").asText().startsWith("T "), explained.toString());
    assertTrue(explained.path("text").asText().endsWith("\nL"), explained.toString());
    CommandRun.of("explain", "--text", "x", "--model", fitted)
        .assertFails(ExitCode.USAGE, "reads the columns title, text", "--input");
    CommandRun.of("inspect", fitted).assertOk("T {title}");
  }

  @Test
  void columnsThatAreMissingAreNamedWithThoseThatThereAre() throws IOException {
    Path fitted = fitted();
    Files.writeString(input, "{\"titel\": \"x\", \"body\": [\"y\"], \"topic\": \"a\"}\n");
    for (CommandRun run :
        List.of(
            run("classify", fitted, "-o", output),
            run("evaluate", fitted, "-l", "topic"),
            run("explain", fitted))) {
      run.assertFails(
          ExitCode.UNUSABLE,
          "The input has no columns 'title', 'text' (the model's prompt); did you mean 'titel'?",
          "titel STRING");
    }
    fit(model, folder.resolve("other"), "--prompt", "{titel} {body}")
        .assertFails(ExitCode.UNUSABLE, "'body'", "must be STRING, a number", "ARRAY<STRING>");
    run("classify", fitted, "-o", output, "-t", "titel")
        .assertFails(ExitCode.UNUSABLE, "--text-column", "reads 2: title, text");
  }

  @Test
  void aMalformedTemplateAndAnUnknownFormatAreRefused() {
    fit(model, folder.resolve("a"), "--prompt", "no column")
        .assertFails(ExitCode.UNUSABLE, "names no column");
    fit(model, folder.resolve("a"), "--prompt", "a {title")
        .assertFails(ExitCode.UNUSABLE, "character 3", "{title");
    fit(model, folder.resolve("a"), "--chat", "vicuna")
        .assertFails(ExitCode.UNUSABLE, "no chat format 'vicuna'", "chatml");
    fit(model, folder.resolve("a"), "--chat", "chatml")
        .assertFails(ExitCode.UNUSABLE, "<|im_start|>");
    assertFalse(Files.exists(folder.resolve("a")));
  }

  @Test
  void anotherPromptThanTheModelsIsRefusedUnlessAllIsFittedAnew() throws IOException {
    Path fitted = fitted();
    Path again = folder.resolve("again");
    fit(fitted, again, "--prompt", "{text}")
        .assertFails(ExitCode.UNUSABLE, "was fitted with --prompt", "--heads) fit");
    fit(fitted, again).assertOk();
    assertEquals(
        TEMPLATE.replace("\\n", "\n"),
        JsonEdit.read(again.resolve("adept.json")).at("/prompt/template").asText());
    Path anew = folder.resolve("anew");
    fit(fitted, anew, "--prompt", "{text} {title}", "--heads", "fit").assertOk();
    assertEquals(
        "{text} {title}",
        JsonEdit.read(anew.resolve("adept.json")).at("/prompt/template").asText());
  }

  @Test
  void aTuningReadsRowsInThePromptAndSoMustItsTeacher() throws IOException {
    List<Object> tune = new ArrayList<>(List.of("tune", "-i", input, "-f", "json", "-l", "topic"));
    tune.addAll(List.of("--model", model, "--exit-layers", "1,2", "--epochs", "1", "--no-fit"));
    tune.addAll(List.of("--precision", "f32", "--prompt"));
    Path tuned = folder.resolve("tuned");
    List<Object> two = new ArrayList<>(tune);
    two.addAll(List.of(WRITTEN, "-o", tuned));
    CommandRun.of(two.toArray()).assertOk();
    assertEquals(
        TEMPLATE.replace("\\n", "\n"),
        JsonEdit.read(tuned.resolve("adept.json")).at("/prompt/template").asText());
    run("classify", tuned, "-o", output, "--output-format", "parquet", "--max-tokens", "64")
        .assertOk();
    assertAnswers(answers(tuned, 900, 1, LongRows.CUT));

    List<Object> pupil = new ArrayList<>(tune);
    pupil.addAll(List.of("{text}", "-o", folder.resolve("pupil"), "--distil-from", tuned));
    CommandRun.of(pupil.toArray())
        .assertFails(ExitCode.UNUSABLE, "cannot teach", "title, text", "reads text");
  }

  @Test
  void longRowsAreAnsweredInChunksAndSoAreTheyMeasured() throws IOException {
    Path fitted = fitted();
    writeRows(300, 12);
    Path summary = folder.resolve("summary.json");
    LongRows longRows = LongRows.chunks(8, LongRows.Merge.MEAN);
    Object[] options = {
      "--max-tokens", "64", "--long", "chunk", "--chunk-overlap", "8",
    };
    List<Object> classify = new ArrayList<>(List.of("-o", output, "--summary", summary));
    classify.addAll(List.of("--output-format", "parquet"));
    classify.addAll(List.of(options));
    run("classify", fitted, classify.toArray()).assertOk("in chunks");
    Classifications expected = answers(fitted, 300, 12, longRows);
    assertAnswers(expected);
    long chunks = 0;
    long chunked = 0;
    for (int i = 0; i < 300; i++) {
      chunked += expected.chunks(i) > 1 ? 1 : 0;
      chunks += expected.chunks(i) > 1 ? expected.chunks(i) : 0;
      assertFalse(expected.truncated(i));
    }
    JsonNode told = JsonEdit.read(summary);
    assertTrue(chunked > 100);
    assertEquals(chunked, told.at("/rows/chunked").asLong());
    assertEquals(chunks, told.at("/chunks").asLong());
    assertEquals("chunk", told.at("/model/long_rows").asText());

    Path report = folder.resolve("report");
    List<Object> evaluate = new ArrayList<>(List.of("-l", "topic", "--report", report));
    evaluate.addAll(List.of(options));
    run("evaluate", fitted, evaluate.toArray()).assertOk();
    double right = 0;
    for (int i = 0; i < 300; i++) {
      right += expected.label(i).equals(i % 2 == 0 ? "a" : "x") ? 1 : 0;
    }
    JsonNode evaluation = JsonEdit.read(report.resolve("evaluation.json"));
    assertEquals(right / 300, evaluation.path("accuracy").asDouble(), 1e-12);
    double threshold = evaluation.path("threshold").asDouble();
    for (JsonNode point : evaluation.path("frontier")) {
      if (point.path("policy").asText().equals(evaluation.path("policy").asText())
          && point.path("threshold").asDouble() == threshold) {
        assertEquals(
            evaluation.path("accuracy").asDouble(), point.path("accuracy").asDouble(), 1e-12);
        assertEquals(
            evaluation.path("compute").asDouble(), point.path("compute").asDouble(), 1e-12);
      }
    }
  }

  @Test
  void answersOfRowsThatWereCutAreNotTakenForThoseOfChunks() {
    Path fitted = fitted();
    Object[] resuming = {
      "-o",
      output,
      "--resume",
      "--mode",
      "overwrite",
      "--output-format",
      "parquet",
      "--max-tokens",
      "64"
    };
    run("classify", fitted, resuming).assertOk();
    CommandRun again = run("classify", fitted, resuming);
    again.assertOk("reused");
    List<Object> chunked = new ArrayList<>(List.of(resuming));
    chunked.addAll(List.of("--long", "chunk", "--chunk-overlap", "4"));
    CommandRun other = run("classify", fitted, chunked.toArray());
    other.assertOk();
    assertFalse(other.out().contains("reused"), other.out());
  }
}
