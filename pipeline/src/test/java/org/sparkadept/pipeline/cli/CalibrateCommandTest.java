package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.exit.ExitOptions;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.calibrate.Binomial;
import org.sparkadept.pipeline.outcome.Candidate;
import org.sparkadept.pipeline.outcome.ThresholdGrid;

class CalibrateCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROWS = 80;
  private static final String[] LABELS = {"no", "yes", "grün"};
  private static final double EPSILON = 0.3;
  private static final double DELTA = 0.1;

  @TempDir private Path folder;
  private Path model;
  private Path input;
  private Path output;

  @BeforeEach
  void write() throws IOException {
    TestSpark.session();
    model = model("model", TinyAdept.of("adept", 0.5, 1, 2, 3));
    output = folder.resolve("out");
    input = folder.resolve("in.json");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      ObjectNode row = JSON.createObjectNode().put("text", text(i)).put("label", LABELS[i % 3]);
      lines.add(row.toString());
    }
    Files.write(input, lines);
  }

  private Path model(String name, TinyAdept adept) throws IOException {
    return TinyCheckpoint.llama()
        .labels(LABELS)
        .adept(adept)
        .write(Files.createDirectory(folder.resolve(name)));
  }

  private static String text(int row) {
    return "the text number " + row * 37;
  }

  private CommandRun calibrate(Object... more) {
    List<Object> args =
        new ArrayList<>(
            List.of("calibrate", "--input", input, "--format", "json", "--model", model));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  private CommandRun calibrateToOutput(String... more) {
    List<Object> args = new ArrayList<>(List.of("--output", output, "--delta", DELTA));
    args.addAll(List.of(more));
    return calibrate(args.toArray());
  }

  private Classifications classify(String policy, float threshold) {
    return classify(policy, threshold, "model");
  }

  private Classifications classify(String policy, float threshold, String tokenExit) {
    byte[][] texts = new byte[ROWS][];
    for (int i = 0; i < ROWS; i++) {
      texts[i] = text(i).getBytes(StandardCharsets.UTF_8);
    }
    ExitOptions exit =
        ExitOptions.defaults().withPolicy(policy, threshold).withTokenExit(tokenExit);
    try (Decoder decoder = Decoder.open(model, DecoderOptions.defaults().withExit(exit))) {
      return decoder.classify(texts);
    }
  }

  private boolean passes(String policy, float threshold, boolean accuracyLoss) {
    return passes(classify(policy, threshold), accuracyLoss, DELTA);
  }

  private boolean passes(Classifications answers, boolean accuracyLoss, double delta) {
    Classifications fullDepth = classify("none", Float.NaN);
    int violations = 0;
    for (int i = 0; i < ROWS; i++) {
      boolean differs = answers.labelIndex(i) != fullDepth.labelIndex(i);
      boolean counts = !accuracyLoss || fullDepth.label(i).equals(LABELS[i % 3]);
      violations += differs && counts ? 1 : 0;
    }
    return Binomial.lowerTail(ROWS, EPSILON, violations) <= delta;
  }

  private void assertLoosest(String policy, boolean accuracyLoss) throws IOException {
    JsonNode json = JSON.readTree(output.resolve("adept.json").toFile());
    float chosen = (float) json.at("/policy/threshold").asDouble();
    List<Candidate> grid = ThresholdGrid.sequence(policy, 3);
    int index = grid.indexOf(new Candidate(policy, chosen));
    assertTrue(index > 0 && index < grid.size() - 1, "a test of nothing: " + chosen);
    assertTrue(passes(policy, chosen, accuracyLoss));
    assertFalse(passes(policy, grid.get(index + 1).threshold(), accuracyLoss));
  }

  private List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theThresholdIsTheLoosestThatKeepsToTheTarget() throws IOException {
    CommandRun run =
        calibrateToOutput(
            "--max-disagreement", "" + EPSILON, "--report", folder.resolve("r").toString());

    assertEquals(0, run.code(), run.err());
    assertLoosest("adept", false);
    assertEquals(names(model), names(output));
    JsonNode before = JSON.readTree(model.resolve("adept.json").toFile());
    JsonNode after = JSON.readTree(output.resolve("adept.json").toFile());
    assertEquals(before.get("fitted_on"), after.get("fitted_on"));
    assertEquals("adept", after.at("/policy/kind").asText());
    assertEquals("maxDisagreement", after.at("/calibration/target").asText());
    assertEquals(ROWS, after.at("/calibration/rows").asInt());
    Decoder.open(output, DecoderOptions.defaults()).close();
    JsonNode report = JSON.readTree(folder.resolve("r/calibration.json").toFile());
    assertEquals(after.at("/policy/threshold"), report.at("/risk/chosen_threshold"));
    assertEquals("disagreement", report.at("/risk/measure").asText());
    assertTrue(Files.exists(folder.resolve("r/calibration.html")));
  }

  @Test
  void accuracyLossAndOtherPoliciesCanBeBounded() throws IOException {
    CommandRun run =
        calibrateToOutput("--max-accuracy-loss", "" + EPSILON, "--policy", "confidence");

    assertEquals(0, run.code(), run.err());
    JsonNode json = JSON.readTree(output.resolve("adept.json").toFile());
    assertEquals("confidence", json.at("/policy/kind").asText());
    assertEquals("maxAccuracyLoss", json.at("/calibration/target").asText());
    assertTrue(passes("confidence", (float) json.at("/policy/threshold").asDouble(), true));
  }

  @Test
  void inPlaceOnlyTheJsonChanges() throws IOException {
    byte[] tensors = Files.readAllBytes(model.resolve("adept.safetensors"));
    List<String> names = names(model);

    CommandRun run = calibrate("--in-place", "--max-disagreement", EPSILON, "--delta", DELTA);

    assertEquals(0, run.code(), run.err());
    assertTrue(JSON.readTree(model.resolve("adept.json").toFile()).has("calibration"), run.out());
    assertArrayEquals(tensors, Files.readAllBytes(model.resolve("adept.safetensors")));
    assertEquals(names, names(model));
    assertEquals(List.of("in.json", "model"), names(folder));
  }

  /** The loosest candidate of a sequence of tests at δ/2, found by running each of them. */
  private Classifications loosest(String tokenExit) {
    Classifications found = null;
    for (Candidate candidate : ThresholdGrid.sequence("adept", 3)) {
      Classifications answers = classify("adept", candidate.threshold(), tokenExit);
      if (!passes(answers, false, DELTA / 2)) {
        break;
      }
      found = answers;
    }
    return found;
  }

  private static double compute(Classifications answers) {
    return answers == null
        ? Double.POSITIVE_INFINITY
        : (double) answers.statistics().flops() / answers.statistics().fullDepthFlops();
  }

  @Test
  void tokenExitsAreSwitchedToWhatIsCheaperAndBackAgain() throws IOException {
    for (double tokenThreshold : new double[] {0.5, 0.01}) {
      model =
          model(
              "tokens" + tokenThreshold,
              TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(tokenThreshold, 1));
      double with = compute(loosest("fitted"));
      double without = compute(loosest("none"));
      assertTrue(with != without, "a test of nothing");
      byte[] tensors = Files.readAllBytes(model.resolve("adept.safetensors"));
      for (boolean before : new boolean[] {true, false}) {
        Path file = model.resolve("adept.json");
        ObjectNode json = (ObjectNode) JSON.readTree(file.toFile());
        json.withObject("/token_policy").put("enabled", before);
        JSON.writeValue(file.toFile(), json);

        CommandRun run = calibrate("--in-place", "--max-disagreement", EPSILON, "--delta", DELTA);

        assertEquals(0, run.code(), run.err());
        JsonNode after = JSON.readTree(file.toFile());
        boolean enabled = with < without;
        assertEquals(enabled, after.at("/token_policy/enabled").asBoolean());
        assertEquals(enabled, after.at("/calibration/token_exit").asBoolean());
        assertEquals(DELTA, after.at("/calibration/delta").asDouble());
        assertEquals(Math.min(with, without), after.at("/calibration/compute").asDouble(), 1e-9);
        assertEquals(Math.min(with, without), compute(classify("model", Float.NaN)), 1e-9);
        assertTrue(run.out().contains("token exit    " + (enabled ? "on" : "off")), run.out());
        assertArrayEquals(tensors, Files.readAllBytes(model.resolve("adept.safetensors")));
      }
    }
  }

  @Test
  void tooFewRowsTellHowManyItTakes() throws IOException {
    CommandRun run = calibrateToOutput("--max-disagreement", "0.001");

    assertEquals(3, run.code());
    assertTrue(run.err().contains("Rows to calibrate on: 80,"), run.err());
    assertTrue(run.err().contains("takes at least 2302"), run.err());
    assertFalse(Files.exists(output));
  }

  /** A model that says the same of every row after its first layer, and always prefers to leave. */
  private Path hasty() throws IOException {
    Path directory =
        TinyCheckpoint.llama().labels(LABELS).write(Files.createDirectory(folder.resolve("hasty")));
    int width;
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      width = opened.config().width();
    }
    new AdeptWriter(List.of(LABELS), new int[] {1, 3}, "adept", 0.5f)
        .tensor("exit.1.weight", new float[LABELS.length * width], LABELS.length, width)
        .tensor("exit.1.bias", new float[] {0, 0, 1}, LABELS.length)
        .tensor("policy.1.state", new float[width], width)
        .tensor("policy.1.readout", new float[4], 4)
        .tensor("policy.1.bias", new float[] {20}, 1)
        .write(directory);
    return directory;
  }

  @Test
  void nothingIsWrittenWhereNoThresholdKeepsToTheTarget() throws IOException {
    model = hasty();
    byte[] before = Files.readAllBytes(model.resolve("adept.json"));

    CommandRun run = calibrate("--in-place", "--max-disagreement", 0.04, "--delta", DELTA);

    assertEquals(3, run.code());
    assertTrue(run.err().contains("nothing was written and the model is as it was"), run.err());
    assertArrayEquals(before, Files.readAllBytes(model.resolve("adept.json")));
  }

  @Test
  void tellsWhatIsWrong() throws IOException {
    Files.createDirectory(output);
    CommandRun exists = calibrateToOutput("--max-disagreement", "0.3");
    assertEquals(5, exists.code());
    assertTrue(exists.err().contains("exists; remove it"), exists.err());

    assertEquals(2, calibrate("--max-disagreement", 0.3).code());
    assertEquals(2, calibrate("--in-place").code());
    assertEquals(
        2, calibrateToOutput("--max-disagreement", "0.3", "--max-accuracy-loss", "0.3").code());

    CommandRun epsilon = calibrate("--in-place", "--max-disagreement", 1.5);
    assertEquals(3, epsilon.code());
    assertTrue(epsilon.err().contains("must lie in (0, 1), but is 1.5"), epsilon.err());

    CommandRun none = calibrate("--in-place", "--max-disagreement", 0.3, "--policy", "none");
    assertEquals(3, none.code());
    assertTrue(none.err().contains("'none' has no threshold"), none.err());

    model =
        TinyCheckpoint.llama().labels(LABELS).write(Files.createDirectory(folder.resolve("plain")));
    CommandRun plain = calibrate("--in-place", "--max-disagreement", 0.3);
    assertEquals(3, plain.code());
    assertTrue(plain.err().contains("has no exits to calibrate"), plain.err());
  }
}
