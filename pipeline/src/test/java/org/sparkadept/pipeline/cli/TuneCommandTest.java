package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.ml.AdeptClassifier;
import org.sparkadept.pipeline.tune.TuneJob;
import org.sparkadept.pipeline.tune.TuneOptions;
import org.sparkadept.training.torch.Precision;

/** {@code adept tune} from arguments to model directory and reports. */
class TuneCommandTest extends CommandTest {
  @BeforeEach
  void writeModel() throws IOException {
    model = TinyCheckpoint.llama().withoutHead().write(folder.resolve("model"));
  }

  private void writeRows(int count, String... labels) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = (i % 2 == 0 ? "aabbcc" : "xxyyzz").repeat(1 + i % 3) + " " + i % 89;
      ObjectNode row = new ObjectMapper().createObjectNode();
      lines.add(row.put("text", text).put("topic", labels[i % labels.length]).toString());
    }
    Files.write(input, lines);
  }

  private CommandRun tune(Object... more) {
    List<Object> args = new ArrayList<>(List.of("tune", "-i", input, "-f", "json", "-l", "topic"));
    args.addAll(List.of("--model", model, "-o", output, "--precision", "f32"));
    args.addAll(List.of("--learning-rate", "0.003", "--exit-layers", "1,2"));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  @Test
  void aTunedModelIsFittedAndClassifies() throws IOException {
    writeRows(900, "a", "x");
    Path report = folder.resolve("report");

    CommandRun run =
        tune(
                "--epochs=2",
                "--no-token-exit",
                "--max-accuracy-loss=0.05",
                "--delta=0.1",
                "--report=" + report)
            .assertOk("exit layer", "kept from the model", "Model: " + output);

    assertTrue(run.err().contains("tuning the lower 2 of 3 layers"), run.err());
    assertTrue(run.err().contains("tune: epoch 2"), run.err());
    for (String name : new String[] {"tuning.html", "fit.html", "calibration.json"}) {
      assertTrue(Files.exists(report.resolve(name)), name);
    }
    JsonNode tuning = JsonEdit.read(report.resolve("tuning.json"));
    assertEquals(2, tuning.at("/epochs").size());
    assertEquals(2, tuning.at("/epochs/0/accuracy").size());
    assertTrue(tuning.at("/epochs/1/accuracy/1").asDouble() > 0.9, tuning.toString());
    try (ModelDirectory directory = ModelDirectory.open(output)) {
      AdeptParts parts = directory.adept().orElseThrow();
      assertEquals(tuning.path("reference").asInt(), directory.config().layers());
      assertEquals(3, parts.checkpointLayers());
      assertEquals(ExitHead.Input.CLASS_TOKEN_AND_MEAN, parts.headInput(1));
      assertEquals(17, parts.tunedSplit().seed());
    }
    assertFalse(Files.exists(folder.resolve(".out.tune")));
  }

  @Test
  void withoutAFitTheHeadsAreWrittenAndCanTeach() throws IOException {
    writeRows(60, "a", "x");
    tune("--epochs=1", "--no-fit", "--lora=2", "--quiet").assertOk();
    try (ModelDirectory directory = ModelDirectory.open(output)) {
      assertEquals(PolicyKind.NONE, directory.adept().orElseThrow().policy());
    }
    Path teacher = output;
    output = folder.resolve("pupil");
    tune("--epochs=1", "--no-fit", "--distil-from", teacher, "--class-weights=balanced").assertOk();
    output = folder.resolve("other");
    writeRows(60, "a", "b");
    tune("--no-fit", "--distil-from", teacher)
        .assertFails(ExitCode.UNUSABLE, "does not know the label 'b'");
  }

  @Test
  void aTuningThatWasStoppedIsContinuedAndOneThatEndedIsNotRepeated() throws IOException {
    writeRows(200, "a", "x");
    assertThrows(IllegalStateException.class, () -> job(line -> stopAt(line, "tune: epoch 1:")));
    assertTrue(Files.exists(folder.resolve(".out.tune/run/run.json")));
    List<String> lines = new ArrayList<>();
    assertThrows(
        IllegalStateException.class,
        () ->
            job(
                line -> {
                  lines.add(line);
                  stopAt(line, "fit: pass 1");
                }));
    String told = String.join("\n", lines);
    assertTrue(told.contains("An earlier run is continued"), told);
    assertFalse(told.contains("tune: epoch 1:"), told);
    assertTrue(told.contains("tune: epoch 2:"), told);
    List<String> again = new ArrayList<>();
    job(again::add);
    assertFalse(String.join("\n", again).contains("tune: epoch"), again.toString());
    assertTrue(Files.exists(output.resolve("adept.json")));
    assertFalse(Files.exists(folder.resolve(".out.tune")));
  }

  private static void stopAt(String line, String start) {
    if (line.startsWith(start)) {
      throw new IllegalStateException("stopped");
    }
  }

  private void job(Consumer<String> progress) {
    AdeptClassifier classifier =
        new AdeptClassifier()
            .setModelPath(model.toString())
            .setOutputPath(output.toString())
            .setFeaturesCol("text")
            .setLabelCol("topic")
            .setTokenExit(false)
            .setMaxDisagreement(0.2)
            .setDelta(0.2);
    TuneOptions options =
        new TuneOptions(
            2, List.of(), ExitHead.Input.CLASS_TOKEN, 2, 3e-3, 512, 0, false, null, Precision.F32);
    new TuneJob(spark, classifier.settings(), options, ComputeOptions.defaults(), progress)
        .run(spark.read().json(input.toString()), 2, true);
  }

  @Test
  void whatCannotBeTunedIsToldBeforeAnythingIsDone() throws IOException {
    writeRows(30, "a");
    tune("--no-fit").assertFails(ExitCode.UNUSABLE, "All rows have the label 'a'");
    writeRows(60, "a", "x");
    tune().assertFails(ExitCode.UNUSABLE, "needs at least");
    tune("--no-fit", "--depth", "4").assertFails(ExitCode.UNUSABLE, "has 3 layers");
    Path free = output;
    output = model;
    tune("--no-fit").assertFails(ExitCode.OUTPUT, "name a new directory");
    output = free;
    tune("--no-fit", "--learning-rate", "2").assertFails(ExitCode.USAGE, "--learning-rate");
    List<String> lines = new ArrayList<>(Files.readAllLines(input));
    lines.add("{\"text\": \"seldom\", \"topic\": \"rare\"}");
    Files.write(input, lines);
    tune("--no-fit", "--seed", rareInValidation())
        .assertFails(
            ExitCode.UNUSABLE,
            "Label 'rare' is in the validation split (rows: 1), but not in the train split");
    Files.delete(model.resolve("tokenizer.json"));
    tune("--no-fit").assertFails(ExitCode.UNUSABLE, "tokenizer.json does not exist");
    assertFalse(Files.exists(output));
  }

  /** A seed that has the one row of a label in the validation split. */
  private String rareInValidation() {
    for (int seed = 1; ; seed++) {
      List<String> splits = new ArrayList<>();
      spark
          .sql(
              "SELECT pmod(xxhash64(CAST("
                  + seed
                  + " AS BIGINT), 'seldom'), 16777216) / 16777216.0 AS share")
          .collectAsList()
          .forEach(row -> splits.add(row.get(0).toString()));
      double share = Double.parseDouble(splits.get(0));
      if (share >= 0.6 && share < 0.8) {
        return String.valueOf(seed);
      }
    }
  }

  @Test
  void rowsMayHaveSeveralLabels() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 900; i++) {
      ObjectNode row = new ObjectMapper().createObjectNode();
      row.put("text", (i % 2 == 0 ? "aabb" : "") + (i % 3 == 0 ? "xxyy" : "") + " " + i % 89);
      row.putArray("topic");
      if (i % 2 == 0) {
        row.withArray("topic").add("a");
      }
      if (i % 3 == 0) {
        row.withArray("topic").add("x");
      }
      if (i % 6 == 1 || i % 6 == 5) {
        row.withArray("topic").add("none");
      }
      lines.add(row.toString());
    }
    Files.write(input, lines);

    tune("--class-weights=balanced").assertFails(ExitCode.UNUSABLE, "--class-weights balanced");
    CommandRun run =
        tune("--epochs=2", "--no-token-exit", "--max-disagreement=0.1", "--delta=0.1")
            .assertOk("validation F1", "kept from the model", "exactly the right labels");

    assertTrue(run.err().contains("tune: epoch 2: validation F1 of the exits"), run.err());
    JsonNode json = JsonEdit.read(output.resolve("adept.json"));
    assertEquals("multi_label", json.get("problem_type").asText());
    assertEquals(3, json.get("label_thresholds").size());
    assertTrue(json.at("/calibration/full_depth_accuracy").asDouble() > 0.6, json.toString());

    Path teacher = output;
    output = folder.resolve("taught");
    writeRows(900, "a", "x");
    tune("--distil-from=" + teacher, "--no-fit")
        .assertFails(ExitCode.UNUSABLE, "cannot teach", "multi-label model");
  }
}
