package org.sparkadept.decoder.compute.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.engine.classify.ClassifyEngine;
import org.sparkadept.decoder.engine.classify.ClassifyPlan;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyFamilies;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/** The engine's accounts are what the reference backend counts while it computes. */
class FlopAccountingTest {
  private static final int LAYERS = 5;
  private static final int[] LENGTHS = {1, 2, 7, 16, 30, 45, 60};
  private static final List<String> LABELS = List.of("a", "b", "c", "d", "e");

  private static final TinyAdept ADEPT =
      TinyAdept.of("adept", 0.6, 1, 3, 5).withTokenExits(0.5, 1, 3).withMeans(1, 3);

  @TempDir Path directory;

  static Stream<Arguments> cases() {
    ClassifierOptions model = ClassifierOptions.defaults();
    return Stream.of(
        Arguments.of("adept, all of it", TinyCheckpoint.llama(), model, 2),
        Arguments.of("all tokens together", TinyCheckpoint.qwen3(), together(model), 2),
        Arguments.of(
            "together, tokens stay",
            TinyCheckpoint.llama(),
            together(model).withTokenExit(TokenExitKind.NONE),
            2),
        Arguments.of("a window", TinyCheckpoint.mistral(), model, 2),
        Arguments.of("no gate", TinyCheckpoint.gpt2(), model, 2),
        Arguments.of("gate and up in one tensor", TinyFamilies.phi3(), model, 2),
        Arguments.of("windows by layer, norms after", TinyFamilies.gemma3(), model, 2),
        Arguments.of("windows by layer, layer norms", TinyFamilies.modernBert(), model, 2),
        Arguments.of("no norms before", TinyFamilies.olmo2(), model, 2),
        Arguments.of("multipliers", TinyFamilies.granite(), model, 2),
        Arguments.of(
            "plain copies", TinyCheckpoint.qwen2(), model.withTokenExit(TokenExitKind.COPY), 2),
        Arguments.of(
            "tokens stay", TinyCheckpoint.llama(), model.withTokenExit(TokenExitKind.NONE), 2),
        Arguments.of(
            "confidence", TinyCheckpoint.llama(), model.withPolicy(PolicyKind.CONFIDENCE, 0.5f), 0),
        Arguments.of(
            "never", TinyCheckpoint.llama(), model.withPolicy(PolicyKind.CONFIDENCE, 1), 0),
        Arguments.of(
            "patience", TinyCheckpoint.llama(), model.withPolicy(PolicyKind.PATIENCE, 0.5f), 0),
        Arguments.of("entropy", TinyCheckpoint.llama(), together(model, PolicyKind.ENTROPY), 0),
        Arguments.of("none", TinyCheckpoint.llama(), model.withPolicy(PolicyKind.NONE, 1), 0));
  }

  private static ClassifierOptions together(ClassifierOptions options) {
    return options.withClassTokenFirst(false);
  }

  private static ClassifierOptions together(ClassifierOptions options, PolicyKind policy) {
    return together(options).withTokenExit(TokenExitKind.NONE).withPolicy(policy, 0.4f);
  }

  /** {@code readers} is 2 where the policy reads the state, at the exits after 1 and 3. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyProductIsCounted(
      String name, TinyCheckpoint checkpoint, ClassifierOptions options, int readers)
      throws IOException {
    assertCounted(name, checkpoint, options, readers, ADEPT);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyProductOfAnEnsembleIsCounted(
      String name, TinyCheckpoint checkpoint, ClassifierOptions options, int readers)
      throws IOException {
    assertCounted(name, checkpoint, options, readers, ADEPT.withEnsemble());
  }

  private void assertCounted(
      String name,
      TinyCheckpoint checkpoint,
      ClassifierOptions options,
      int readers,
      TinyAdept adept)
      throws IOException {
    checkpoint.layers(LAYERS).adept(adept).write(directory);
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      ModelTensors tensors = opened.tensors();
      FittedExits exits = new FittedExits(opened, tensors);
      ExitPolicy policy = exits.policy(options.policy(), options.threshold());
      ClassifyPlan plan =
          new ClassifyPlan(
              opened.config(),
              exits.heads(policy),
              opened.rule(),
              exits.ensemble(),
              LAYERS,
              policy,
              policy.early() ? exits.tokenExits(options.tokenExit()) : TokenExits.NONE,
              options.classTokenFirst(),
              options.mergeSurvivors(),
              options.microBatchTokens(),
              options.waveTokens());
      ClassifyEngine engine = new ClassifyEngine(plan, Integer.MAX_VALUE);
      ReferenceSession session = new ReferenceSession(new ReferenceModel(tensors));
      Random random = new Random(5);
      for (int length : LENGTHS) {
        int[] ids = random.ints(length, 0, opened.config().vocabulary()).toArray();
        Classifications answers = new Classifications(LABELS, false, 1, 0);
        long before = session.multiplyAdds();
        engine.classify(
            session, new TokenizedText[] {new TokenizedText(ids, false, null)}, false, answers);
        assertTrue(answers.scored(0));
        long evaluated = Math.min(readers, (answers.exitLayer(0) + 1) / 2);
        long expected = 2 * (session.multiplyAdds() - before) + 2 * 4 * evaluated;
        String where = name + ", " + length + " tokens, exit " + answers.exitLayer(0);
        assertEquals(expected, answers.flops(0), where);
        assertEquals(expected, answers.statistics().flops(), where);
        if (!policy.early()) {
          assertEquals(expected, answers.fullDepthFlops(0), where);
        }
      }
    }
  }
}
