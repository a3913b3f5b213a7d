package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyGguf;
import org.sparkadept.decoder.fixture.WeightType;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.failure.ExitCode;

/** Commands whose model is a directory with a GGUF file. */
class GgufCommandTest extends CommandTest {
  @BeforeEach
  void writeModel() throws IOException {
    TinyCheckpoint checkpoint = TinyCheckpoint.llama().weightType(WeightType.F16).withoutHead();
    model = TinyGguf.of(checkpoint).write(folder.resolve("model"));
  }

  private CommandRun run(String command, Object... more) {
    List<Object> args = new ArrayList<>(List.of(command, "-i", input, "-f", "json"));
    args.addAll(List.of("-l", "topic", "--model", model, "-o", output));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  @Test
  void inspectTellsWhatTheFileHolds() throws IOException {
    CommandRun.of("inspect", model).assertOk("llama", "model.gguf", "fit it first", " F16");
    JsonNode report = JsonEdit.read(CommandRun.of("inspect", "--json", model).assertOk().out());
    assertEquals(3, report.path("layers").asInt());
    assertEquals("model.gguf", report.path("tokenizer").asText());
    assertEquals(
        report.path("parameters").asLong(),
        report.path("parameters_by_dtype").path("F16").asLong());
  }

  @Test
  void inspectRefusesATokenizerThatIsNotSupported() throws IOException {
    TinyGguf.of(TinyCheckpoint.llama().withoutHead())
        .key("tokenizer.ggml.pre", "falcon")
        .write(model);
    CommandRun.of("inspect", model)
        .assertFails(ExitCode.UNUSABLE, "tokenizer.ggml.pre is \"falcon\"", "tokenizer.json");
  }

  @Test
  void aFittedFileClassifiesAndExplains() throws IOException {
    LabelledTexts.writeTopics(input, 900);
    run(
            "fit",
            "--exit-layers=1,3",
            "--depth=full",
            "--no-token-exit",
            "--max-accuracy-loss=0.05",
            "--delta=0.1")
        .assertOk("for calibration");
    assertTrue(Files.exists(output.resolve("model.gguf")));
    assertFalse(Files.exists(output.resolve("config.json")));
    JsonNode fittedOn = JsonEdit.read(output.resolve("adept.json")).get("fitted_on");
    assertEquals(1, fittedOn.size());
    assertTrue(fittedOn.has("model.gguf"), fittedOn.toString());
    CommandRun.of("explain", "--model", output, "--text", "aabbcc 12").assertOk();

    model = output;
    output = folder.resolve("labelled");
    classify("-f", "json", "--output-format", "json").assertOk();
    assertEquals(900, spark.read().json(output.toString()).count());
  }

  @Test
  void aTunedFileBecomesAHuggingFaceDirectory() throws IOException {
    LabelledTexts.writeTopics(input, 60);
    run(
            "tune",
            "--precision=f32",
            "--learning-rate=0.003",
            "--exit-layers=1,2",
            "--epochs=1",
            "--no-fit",
            "--lora=2",
            "--quiet")
        .assertOk();
    assertFalse(Files.exists(output.resolve("model.gguf")));
    byte[] text = "the grün text".getBytes(StandardCharsets.UTF_8);
    Path tokenizerFile = output.resolve("tokenizer.json");
    try (ModelDirectory tuned = ModelDirectory.open(output);
        ModelDirectory source = ModelDirectory.open(model);
        TextTokenizer after = TextTokenizer.open(tokenizerFile);
        TextTokenizer before = TextTokenizer.of(source.checkpoint())) {
      assertTrue(tuned.config().layers() <= 2);
      assertArrayEquals(before.encode(text, 30).ids(), after.encode(text, 30).ids());
      String embedding = "model.embed_tokens.weight";
      assertArrayEquals(
          source.checkpoint().tensors().tensor(embedding).readAll(),
          tuned.checkpoint().tensors().tensor(embedding).readAll());
    }
  }
}
