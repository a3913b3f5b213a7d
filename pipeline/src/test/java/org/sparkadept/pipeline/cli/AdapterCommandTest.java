package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyAdapter;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyGguf;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

/** Every command with a LoRA adapter that is merged into its model. */
class AdapterCommandTest extends CommandTest {
  private Path adapter;

  @BeforeEach
  void writeModel() throws IOException {
    model = TinyCheckpoint.llama().withoutHead().write(folder.resolve("base"));
    adapter = TinyAdapter.of(3).labels("a", "x").write(folder.resolve("adapter"));
  }

  private CommandRun labelled(String command, Object... more) {
    List<Object> args = new ArrayList<>(List.of(command, "-i", input, "-f", "json"));
    args.addAll(List.of("-l", "topic", "--model", model, "--adapter", adapter));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  private static float[] weight(ModelSource source, String name) {
    try (ModelDirectory opened = ModelDirectory.openBackbone(source)) {
      return opened.checkpoint().tensors().tensor(name).readAll();
    }
  }

  @Test
  void inspectTellsTheAdapterAndItsLabels() throws IOException {
    CommandRun.of("inspect", model).assertOk("fit it first");
    CommandRun.of("inspect", model, "--adapter", adapter)
        .assertOk(adapter.toString(), "made for example/tiny-llama", "2: a, x", "at full depth");
    JsonNode report =
        JsonEdit.read(
            CommandRun.of("inspect", "--json", model, "--adapter", adapter).assertOk().out());
    assertEquals("example/tiny-llama", report.path("adapter").path("made_for").asText());
  }

  @Test
  void classifyEvaluateAndExplainAnswerWithIt() throws IOException {
    LabelledTexts.writeTopics(input, 40);
    classify("-f", "json", "--output-format", "json", "--adapter", adapter).assertOk();
    assertEquals(40, spark.read().json(output.toString()).where("label in ('a', 'x')").count());
    labelled("evaluate").assertOk("accuracy");
    CommandRun.of("explain", "--model", model, "--adapter", adapter, "--text", "aabb").assertOk();
  }

  @Test
  void aRunWithAnotherAdapterTakesNothingOver() throws IOException {
    LabelledTexts.writeTopics(input, 20);
    Object[] resumed = {"-f", "json", "--output-format", "json", "--resume", "--adapter", adapter};
    classify(resumed).assertOk();
    classify(resumed).assertOk("reused                  20");
    TinyAdapter.of(4).labels("a", "x").write(adapter);
    classify(resumed).assertFails(5, "exists");
  }

  @Test
  void aFittedModelHasItsAdapter() throws IOException {
    LabelledTexts.writeTopics(input, 900);
    Object[] fit = {
      "-o",
      output,
      "--exit-layers=1,3",
      "--no-token-exit",
      "--max-accuracy-loss=0.05",
      "--delta=0.1"
    };
    labelled("fit", fit).assertOk("for calibration");
    JsonNode fittedOn = JsonEdit.read(output.resolve("adept.json")).get("fitted_on");
    assertTrue(fittedOn.has("adapter_config.json"), fittedOn.toString());
    assertTrue(fittedOn.has("adapter_model.safetensors"), fittedOn.toString());
    String query = "model.layers.2.self_attn.q_proj.weight";
    assertArrayEquals(
        weight(new ModelSource(model, Optional.of(adapter)), query),
        weight(ModelSource.of(output), query));

    Path base = model;
    model = output;
    output = folder.resolve("labelled");
    classify("-f", "json", "--output-format", "json").assertOk();
    CommandRun.of("inspect", model).assertOk("made for example/tiny-llama", "exit layers");
    classify("-f", "json", "--adapter", adapter).assertFails(3, "has an adapter of its own");
    Path other = TinyAdapter.of(9).labels("a", "x").write(folder.resolve("other"));
    String weights = "adapter_model.safetensors";
    Files.copy(other.resolve(weights), model.resolve(weights), StandardCopyOption.REPLACE_EXISTING);
    classify("-f", "json").assertFails(3, "fitted for another checkpoint");

    model = base;
    CommandRun inPlace = labelled("fit", "-o", base, "--exit-layers=1,3");
    inPlace.assertFails(5, "is the base of the adapter");
    assertFalse(Files.exists(base.resolve("adapter_config.json")));
  }

  @Test
  void aTunedModelHasTheMergedWeights() throws IOException {
    model = TinyGguf.of(TinyCheckpoint.llama().withoutHead()).write(folder.resolve("gguf"));
    LabelledTexts.writeTopics(input, 60);
    labelled(
            "tune",
            "-o",
            output,
            "--precision=f32",
            "--learning-rate=1e-9",
            "--depth=3",
            "--exit-layers=1,3",
            "--epochs=1",
            "--no-fit",
            "--quiet")
        .assertOk();
    assertFalse(Files.exists(output.resolve("adapter_config.json")));
    String query = "model.layers.0.self_attn.q_proj.weight";
    assertArrayEquals(
        weight(new ModelSource(model, Optional.of(adapter)), query),
        weight(ModelSource.of(output), query),
        1e-5f);
  }

  @Test
  void whatDoesNotFitIsToldBeforeSparkStarts() throws IOException {
    LabelledTexts.writeTopics(input, 5);
    JsonEdit.edit(adapter.resolve("adapter_config.json"), json -> json.put("use_dora", true));
    CommandRun run = classify("-f", "json", "--adapter", adapter);
    run.assertFails(3, "adapter_config.json", "use_dora");
    assertFalse(run.err().contains("starting Spark"), run.err());
    classify("-f", "json", "--adapter", folder.resolve("none")).assertFails(3, "none");
    CommandRun.of("calibrate", "--model", model, "--adapter", adapter).assertFails(2, "--adapter");
  }
}
