package org.sparkadept.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.decoder.result.ExitTrace;

/** Rows and tokens that leave early, from texts to answers. */
class EarlyExitTest {
  private static final int LAYERS = 5;

  @TempDir Path directory;

  private void write(TinyCheckpoint checkpoint, String policy, double threshold)
      throws IOException {
    TinyAdept adept = TinyAdept.of(policy, threshold, 1, 2, 3, 5).withTokenExits(0.5, 1, 3);
    checkpoint.layers(LAYERS).positions(160).adept(adept).write(directory);
  }

  private static byte[][] randomTexts(long seed, int count) {
    Random random = new Random(seed);
    byte[][] texts = new byte[count][];
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder("t");
      int length = random.nextInt(150);
      for (int c = 0; c < length; c++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      texts[i] = text.toString().getBytes(StandardCharsets.UTF_8);
    }
    return texts;
  }

  private Classifications classify(ClassifierOptions options, byte[]... texts) {
    return classify("auto", options, texts);
  }

  private Classifications classify(String backend, ClassifierOptions options, byte[]... texts) {
    ComputeOptions compute = ComputeOptions.defaults().withBackend(backend);
    try (LoadedModel model = LoadedModel.open(directory, compute)) {
      Classifier classifier = model.classifier(options);
      return classifier.classify(texts);
    }
  }

  private static void assertSameRow(
      Classifications expected, int row, Classifications found, int as, String where) {
    assertEquals(expected.label(row), found.label(as), where);
    assertEquals(expected.score(row), found.score(as), where);
    assertEquals(expected.exitLayer(row), found.exitLayer(as), where);
    assertEquals(expected.flops(row), found.flops(as), where);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void neighboursOrderAndMergingChangeNoBit(String backend) throws IOException {
    write(TinyCheckpoint.llama(), "adept", 0.7);
    byte[][] texts = randomTexts(TestSeed.value(), 90);
    byte[][] reversed = new byte[texts.length][];
    for (int row = 0; row < texts.length; row++) {
      reversed[row] = texts[texts.length - 1 - row];
    }
    ClassifierOptions options = ClassifierOptions.defaults();
    Classifications expected = classify(backend, options, texts);
    Classifications backwards = classify(backend, options.withBatching(300, 2000), reversed);
    Classifications apart = classify(backend, options.withMergeSurvivors(false), texts);
    int early = 0;
    ComputeOptions compute = ComputeOptions.defaults().withBackend(backend);
    try (LoadedModel model = LoadedModel.open(directory, compute)) {
      Classifier classifier = model.classifier(options);
      for (int row = 0; row < texts.length; row++) {
        String where = "row " + row;
        assertSameRow(expected, row, backwards, texts.length - 1 - row, where);
        assertSameRow(expected, row, apart, row, where);
        assertSameRow(expected, row, classifier.classify(new byte[][] {texts[row]}), 0, where);
        early += expected.exitLayer(row) < LAYERS ? 1 : 0;
      }
    }
    assertTrue(early > 0 && early < texts.length, early + " rows left early");
  }

  @Test
  void equalTokensShareTheirFirstKeysAndValues() throws IOException {
    write(TinyCheckpoint.llama(), "adept", 0.7);
    byte[] text = randomTexts(5, 1)[0];
    Classifications alone = classify(ClassifierOptions.defaults(), text);
    Classifications twice = classify(ClassifierOptions.defaults(), text, text);

    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      ModelConfig config = opened.config();
      assertEquals(
          4L * config.width() * config.keyWidth() * alone.tokens(0),
          twice.statistics().sharedFlops() - alone.statistics().sharedFlops(),
          "the second row's keys and values are all those of the first");
    }
    assertEquals(2 * alone.flops(0), twice.statistics().flops(), "counted for each row");
  }

  @Test
  void theClassTokenFirstSavesWorkAndChangesNoAnswer() throws IOException {
    write(TinyCheckpoint.qwen3(), "confidence", 0.7);
    byte[][] texts = randomTexts(3, 60);
    ClassifierOptions first = ClassifierOptions.defaults().withTokenExit(TokenExitKind.NONE);
    Classifications expected = classify(first.withClassTokenFirst(false), texts);
    Classifications found = classify(first, texts);
    for (int row = 0; row < texts.length; row++) {
      assertEquals(expected.label(row), found.label(row), "row " + row);
      assertEquals(expected.exitLayer(row), found.exitLayer(row), "row " + row);
      assertEquals(expected.score(row), found.score(row), 1e-5, "row " + row);
    }
    assertTrue(found.statistics().flops() < expected.statistics().flops());
  }

  @ParameterizedTest
  @ValueSource(strings = {"adept", "confidence", "entropy", "patience"})
  void everyPolicySavesWorkOnBothBackendsAlike(String policy) throws IOException {
    write(TinyCheckpoint.gpt2(), "adept", 0.6);
    byte[][] texts = randomTexts(4, 60);
    ClassifierOptions options =
        ClassifierOptions.defaults().withPolicy(PolicyKind.parse(policy), 0.6f);
    Classifications expected = classify("reference", options, texts);
    Classifications found = classify("cpu", options, texts);
    for (int row = 0; row < texts.length; row++) {
      assertEquals(expected.label(row), found.label(row), "row " + row);
      assertEquals(expected.exitLayer(row), found.exitLayer(row), "row " + row);
      assertEquals(expected.flops(row), found.flops(row), "row " + row);
      assertEquals(expected.score(row), found.score(row), 1e-4, "row " + row);
    }
    DecoderStatistics cost = found.statistics();
    assertTrue(cost.flops() < cost.fullDepthFlops());
    long sum = 0;
    for (int row = 0; row < texts.length; row++) {
      sum += found.flops(row);
    }
    assertEquals(sum, cost.flops());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void aModelMayEndBeforeTheLastLayer(String backend) throws IOException {
    TinyAdept adept = TinyAdept.of("adept", 0.5, 1, 2, 3).withLabels("a", "b", "c");
    TinyCheckpoint.llama().withoutHead().adept(adept).write(directory);
    byte[][] texts = randomTexts(6, 20);
    ExitTrace[] whole;
    ComputeOptions compute = ComputeOptions.defaults().withBackend(backend);
    try (LoadedModel model = LoadedModel.open(directory, compute)) {
      whole = model.classifier(ClassifierOptions.defaults()).trace(texts, false);
    }
    JsonEdit.edit(
        directory.resolve("adept.json"), json -> json.putArray("exit_layers").add(1).add(2));

    Classifications found = classify(backend, ClassifierOptions.defaults().atFullDepth(), texts);

    for (int row = 0; row < texts.length; row++) {
      assertEquals(2, found.exitLayer(row));
      assertEquals(whole[row].readouts()[1].label(), found.labelIndex(row));
      assertEquals(whole[row].readouts()[1].probability(), found.score(row), 1e-5f);
      assertTrue(found.flops(row) < whole[row].fullDepthFlops());
      assertEquals(found.flops(row), found.fullDepthFlops(row));
    }
  }

  @Test
  void aTokenPolicyThatIsSwitchedOffStaysAtHand() throws IOException {
    write(TinyCheckpoint.llama(), "confidence", 0.5);
    byte[][] texts = randomTexts(5, 40);
    ClassifierOptions never = ClassifierOptions.defaults().withPolicy(PolicyKind.CONFIDENCE, 1);
    long kept = classify(never.withTokenExit(TokenExitKind.NONE), texts).statistics().flops();
    long left = classify(never, texts).statistics().flops();
    JsonEdit.edit(
        directory.resolve("adept.json"),
        json -> json.withObject("/token_policy").put("enabled", false));
    assertEquals(kept, classify(never, texts).statistics().flops());
    assertEquals(
        left, classify(never.withTokenExit(TokenExitKind.FITTED), texts).statistics().flops());
    assertTrue(left < kept);
  }

  @Test
  void tokensMayLeaveThoughNoRowDoes() throws IOException {
    write(TinyCheckpoint.llama(), "confidence", 0.5);
    byte[][] texts = randomTexts(5, 40);
    ClassifierOptions never = ClassifierOptions.defaults().withPolicy(PolicyKind.CONFIDENCE, 1);
    DecoderStatistics kept = classify(never.withTokenExit(TokenExitKind.NONE), texts).statistics();
    DecoderStatistics left = classify(never, texts).statistics();
    DecoderStatistics copied =
        classify(never.withTokenExit(TokenExitKind.COPY), texts).statistics();
    assertTrue(left.flops() < 0.8 * kept.flops());
    assertTrue(copied.flops() < 0.8 * kept.flops());
    assertEquals(left.fullDepthFlops(), kept.fullDepthFlops());
  }

  @Test
  void fullDepthKnowsNothingOfPolicies() throws IOException {
    write(TinyCheckpoint.llama(), "adept", 0.7);
    byte[][] texts = randomTexts(6, 30);
    ClassifierOptions none = ClassifierOptions.defaults().withPolicy(PolicyKind.NONE, Float.NaN);
    Classifications expected = classify(none, texts);
    TinyCheckpoint.llama()
        .layers(LAYERS)
        .positions(160)
        .adept(TinyAdept.confidence(0.7, 1, 2, 3, 5))
        .write(directory);
    JsonEdit.edit(
        directory.resolve("adept.json"),
        json -> {
          json.withObject("/policy").put("kind", "adept");
          json.putObject("token_policy").put("threshold", 1).putArray("exit_layers").add(1);
        });
    Classifications found = classify(none, texts);
    for (int row = 0; row < texts.length; row++) {
      assertSameRow(expected, row, found, row, "row " + row);
      assertEquals(found.fullDepthFlops(row), found.flops(row));
    }
    assertRefused(ClassifierOptions.defaults(), "policy.1.log_odds", "'adept'", "adept.json");
    assertRefused(
        ClassifierOptions.defaults().withPolicy(PolicyKind.CONFIDENCE, 0.5f),
        "token.1.weight",
        "adept.json");
    assertRefused(
        ClassifierOptions.defaults().withPolicy(PolicyKind.ENTROPY, Float.NaN),
        "'entropy'",
        "threshold");
    ClassifierOptions alone = ClassifierOptions.defaults().withPolicy(PolicyKind.CONFIDENCE, 0.5f);
    assertEquals(texts.length, classify(alone.withTokenExit(TokenExitKind.NONE), texts).size());
  }

  @Test
  void aPlainCopyNeedsATokenPolicy() throws IOException {
    TinyCheckpoint.llama().adept(TinyAdept.confidence(0.7, 1, 3)).write(directory);
    assertRefused(
        ClassifierOptions.defaults().withTokenExit(TokenExitKind.COPY), "'copy'", "token_policy");
    assertRefused(
        ClassifierOptions.defaults().withTokenExit(TokenExitKind.FITTED),
        "'fitted'",
        "token_policy");
    assertThrows(AdeptException.class, () -> TokenExitKind.parse("some"));
  }

  private void assertRefused(ClassifierOptions options, String... fragments) {
    AdeptException error = assertThrows(AdeptException.class, () -> classify(options));
    for (String fragment : fragments) {
      assertTrue(error.getMessage().contains(fragment), error.getMessage());
    }
  }
}
