package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.AdeptPolicy;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.calibrate.Binomial;
import org.sparkadept.pipeline.outcome.Candidate;
import org.sparkadept.pipeline.outcome.ThresholdGrid;

class CalibrateCommandTest extends CommandTest {
  private static final int ROWS = 80;
  private static final LabelledTexts TABLE = new LabelledTexts(ROWS);
  private static final double EPSILON = 0.3;
  private static final double DELTA = 0.1;

  @BeforeEach
  void writeModelAndInput() throws IOException {
    model = TestModel.write(folder, TinyAdept.of("adept", 0.5, 1, 2, 3));
    input = TABLE.write(folder.resolve("in.json"));
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

  private Classifications answers(PolicyKind policy, float threshold) {
    return answers(policy, threshold, TokenExitKind.MODEL);
  }

  private Classifications answers(PolicyKind policy, float threshold, TokenExitKind tokenExit) {
    return TABLE.classify(
        model, ClassifierOptions.defaults().withPolicy(policy, threshold).withTokenExit(tokenExit));
  }

  private boolean passes(PolicyKind policy, float threshold, boolean accuracyLoss) {
    return passes(answers(policy, threshold), accuracyLoss, DELTA);
  }

  private boolean passes(Classifications answers, boolean accuracyLoss, double delta) {
    Classifications fullDepth = answers(PolicyKind.NONE, Float.NaN);
    int violations = 0;
    for (int i = 0; i < ROWS; i++) {
      boolean differs = answers.labelIndex(i) != fullDepth.labelIndex(i);
      boolean counts = !accuracyLoss || fullDepth.label(i).equals(TestModel.label(i));
      violations += differs && counts ? 1 : 0;
    }
    return Binomial.lowerTail(ROWS, EPSILON, violations) <= delta;
  }

  private void assertLoosest(PolicyKind policy, boolean accuracyLoss) throws IOException {
    JsonNode json = JsonEdit.read(output.resolve("adept.json"));
    float chosen = (float) json.at("/policy/threshold").asDouble();
    List<Candidate> grid = ThresholdGrid.sequence(policy, 3);
    int index = grid.indexOf(new Candidate(policy, chosen));
    assertTrue(index > 0 && index < grid.size() - 1, "a test of nothing: " + chosen);
    assertTrue(passes(policy, chosen, accuracyLoss));
    assertFalse(passes(policy, grid.get(index + 1).threshold(), accuracyLoss));
  }

  @Test
  void theThresholdIsTheLoosestThatKeepsToTheTarget() throws IOException {
    calibrateToOutput(
            "--max-disagreement", "" + EPSILON, "--report", folder.resolve("r").toString())
        .assertOk();
    assertLoosest(PolicyKind.ADEPT, false);
    assertEquals(names(model), names(output));
    JsonNode before = JsonEdit.read(model.resolve("adept.json"));
    JsonNode after = JsonEdit.read(output.resolve("adept.json"));
    assertEquals(before.get("fitted_on"), after.get("fitted_on"));
    assertEquals("adept", after.at("/policy/kind").asText());
    assertEquals("maxDisagreement", after.at("/calibration/target").asText());
    assertEquals(ROWS, after.at("/calibration/rows").asInt());
    LoadedModel.open(output, ComputeOptions.defaults()).close();
    JsonNode report = JsonEdit.read(folder.resolve("r/calibration.json"));
    assertEquals(after.at("/policy/threshold"), report.at("/risk/chosen_threshold"));
    assertEquals("disagreement", report.at("/risk/measure").asText());
    assertTrue(Files.exists(folder.resolve("r/calibration.html")));
  }

  @Test
  void theLeastScoreKeepsToThePrecision() throws IOException {
    Classifications answers = answers(PolicyKind.MODEL, Float.NaN);
    // The tiny model knows nothing: its answers are made the truth where its score is high.
    List<String> lines = new ArrayList<>();
    float[] scores = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      scores[row] = answers.score(row);
    }
    float[] sorted = scores.clone();
    Arrays.sort(sorted);
    float middle = sorted[ROWS / 3];
    for (int row = 0; row < ROWS; row++) {
      String label = scores[row] >= middle ? answers.label(row) : TestModel.label(row);
      lines.add(LabelledTexts.line(LabelledTexts.text(row), label));
    }
    Files.write(input, lines);

    CommandRun run =
        calibrateToOutput("--min-precision", "0.8", "--report", folder.resolve("r").toString());

    run.assertOk("least score", "Least score written to");
    JsonNode json = JsonEdit.read(output.resolve("adept.json"));
    float chosen = (float) json.at("/abstention/min_score").asDouble();
    int answered = 0;
    for (float score : scores) {
      answered += score >= chosen ? 1 : 0;
    }
    assertEquals(answered, json.at("/abstention/answered").asInt());
    JsonNode before = JsonEdit.read(model.resolve("adept.json"));
    assertEquals(before.get("policy"), json.get("policy"));
    JsonNode report = JsonEdit.read(folder.resolve("r/abstention.json"));
    assertEquals(chosen, (float) report.at("/chosen_min_score").asDouble());
    assertTrue(Files.exists(folder.resolve("r/abstention.html")));

    Classifications fromModel = TABLE.classify(output, ClassifierOptions.defaults());
    Classifications all = TABLE.classify(output, ClassifierOptions.defaults().withMinScore(0));
    for (int row = 0; row < ROWS; row++) {
      assertEquals(scores[row] < chosen, fromModel.abstains(row));
      assertFalse(all.abstains(row));
    }

    Path third = folder.resolve("third");
    CommandRun.of(
            "calibrate",
            "--input",
            input,
            "--format",
            "json",
            "--model",
            output,
            "--output",
            third,
            "--max-disagreement",
            "0.9",
            "--delta",
            "0.2")
        .assertOk();
    assertFalse(JsonEdit.read(third.resolve("adept.json")).has("abstention"));
  }

  @Test
  void aPrecisionThatIsOutOfReachWritesNothing() {
    calibrateToOutput("--min-precision", "0.8").assertFails(3, "No least score meets the target");
    assertFalse(Files.exists(output));
    calibrateToOutput("--min-precision", "0.999").assertFails(3, "There are 80 calibration rows");
    calibrateToOutput("--min-precision", "0.8", "--policy", "adept").assertFails(2, "--policy");
    calibrateToOutput("--min-precision", "0.8", "--max-disagreement", "0.1").assertFails(2);
  }

  @Test
  void accuracyLossAndOtherPoliciesCanBeBounded() throws IOException {
    calibrateToOutput("--max-accuracy-loss", "" + EPSILON, "--policy", "confidence").assertOk();
    JsonNode json = JsonEdit.read(output.resolve("adept.json"));
    assertEquals("confidence", json.at("/policy/kind").asText());
    assertEquals("maxAccuracyLoss", json.at("/calibration/target").asText());
    assertTrue(
        passes(PolicyKind.CONFIDENCE, (float) json.at("/policy/threshold").asDouble(), true));
  }

  @Test
  void inPlaceOnlyTheJsonChanges() throws IOException {
    byte[] tensors = Files.readAllBytes(model.resolve("adept.safetensors"));
    List<String> names = names(model);

    CommandRun run = calibrate("--in-place", "--max-disagreement", EPSILON, "--delta", DELTA);

    run.assertOk();
    assertTrue(JsonEdit.read(model.resolve("adept.json")).has("calibration"), run.out());
    assertArrayEquals(tensors, Files.readAllBytes(model.resolve("adept.safetensors")));
    assertEquals(names, names(model));
    assertEquals(List.of("in.json", "model"), names(folder));
  }

  /** The loosest candidate of a sequence of tests at δ/2, found by running each of them. */
  private Classifications loosest(TokenExitKind tokenExit) {
    Classifications found = null;
    for (Candidate candidate : ThresholdGrid.sequence(PolicyKind.ADEPT, 3)) {
      Classifications answers = answers(PolicyKind.ADEPT, candidate.threshold(), tokenExit);
      if (!passes(answers, false, DELTA / 2)) {
        break;
      }
      found = answers;
    }
    return found;
  }

  private static double compute(Classifications answers) {
    return answers == null ? Double.POSITIVE_INFINITY : LabelledTexts.compute(answers);
  }

  @Test
  void tokenExitsAreSwitchedToWhatIsCheaperAndBackAgain() throws IOException {
    for (double tokenThreshold : new double[] {0.5, 0.01}) {
      TinyAdept adept = TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(tokenThreshold, 1);
      model = TestModel.write(folder.resolve("tokens" + tokenThreshold), adept);
      double with = compute(loosest(TokenExitKind.FITTED));
      double without = compute(loosest(TokenExitKind.NONE));
      assertTrue(with != without, "a test of nothing");
      byte[] tensors = Files.readAllBytes(model.resolve("adept.safetensors"));
      for (boolean before : new boolean[] {true, false}) {
        Path file = model.resolve("adept.json");
        JsonEdit.edit(file, json -> json.withObject("/token_policy").put("enabled", before));

        CommandRun run = calibrate("--in-place", "--max-disagreement", EPSILON, "--delta", DELTA);

        run.assertOk();
        JsonNode after = JsonEdit.read(file);
        boolean enabled = with < without;
        assertEquals(enabled, after.at("/token_policy/enabled").asBoolean());
        assertEquals(enabled, after.at("/calibration/token_exit").asBoolean());
        assertEquals(DELTA, after.at("/calibration/delta").asDouble());
        assertEquals(Math.min(with, without), after.at("/calibration/compute").asDouble(), 1e-9);
        assertEquals(Math.min(with, without), compute(answers(PolicyKind.MODEL, Float.NaN)), 1e-9);
        run.assertOk("token exit    " + (enabled ? "on" : "off"));
        assertArrayEquals(tensors, Files.readAllBytes(model.resolve("adept.safetensors")));
      }
    }
  }

  @Test
  void tooFewRowsTellHowManyItTakes() throws IOException {
    calibrateToOutput("--max-disagreement", "0.001")
        .assertFails(3, "There are 80 calibration rows,", "needs at least 2302");
    assertFalse(Files.exists(output));
  }

  /** A model that says the same of every row after its first layer, and always prefers to leave. */
  private Path hasty() throws IOException {
    Path directory = TestModel.checkpoint().write(folder.resolve("hasty"));
    int width;
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      width = opened.config().width();
    }
    AdeptPolicy.Weights always =
        new AdeptPolicy.Weights(
            new float[width],
            AdeptPolicy.Features.LOG_ODDS,
            new float[AdeptPolicy.READOUT_FEATURES],
            20);
    new AdeptWriter(TestModel.LABELS, new int[] {1, 3}, PolicyKind.ADEPT, 0.5f)
        .head(1, ExitHead.Input.CLASS_TOKEN, new float[3 * width], new float[] {0, 0, 1})
        .policy(1, always)
        .write(directory);
    return directory;
  }

  @Test
  void nothingIsWrittenWhereNoThresholdKeepsToTheTarget() throws IOException {
    model = hasty();
    byte[] before = Files.readAllBytes(model.resolve("adept.json"));

    calibrate("--in-place", "--max-disagreement", 0.04, "--delta", DELTA)
        .assertFails(3, "meets the target; nothing was written");
    assertArrayEquals(before, Files.readAllBytes(model.resolve("adept.json")));
  }

  @Test
  void tellsWhatIsWrong() throws IOException {
    Files.createDirectory(output);
    calibrateToOutput("--max-disagreement", "0.3").assertFails(5, "exists; remove it");

    calibrate("--output", model, "--max-disagreement", 0.3).assertFails(5, "is the model");

    calibrate("--max-disagreement", 0.3).assertFails(2);
    calibrate("--in-place").assertFails(2);
    calibrateToOutput("--max-disagreement", "0.3", "--max-accuracy-loss", "0.3").assertFails(2);

    calibrate("--in-place", "--max-disagreement", 1.5)
        .assertFails(2, "'1.5' is not a number above 0 and below 1");

    calibrate("--in-place", "--max-disagreement", 0.3, "--policy", "none")
        .assertFails(3, "'none' has no threshold");

    model = TestModel.checkpoint().write(folder.resolve("plain"));
    calibrate("--in-place", "--max-disagreement", 0.3).assertFails(3, "has no exits to calibrate");
  }
}
