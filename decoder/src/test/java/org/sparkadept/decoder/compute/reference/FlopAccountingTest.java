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
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.adept.ExitHeads;
import org.sparkadept.decoder.adept.ExitPolicies;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.engine.Engine;
import org.sparkadept.decoder.exit.ExitOptions;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.family.ModelTensors;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/** The engine's accounts are what the reference backend counts while it computes. */
class FlopAccountingTest {
  private static final int LAYERS = 5;
  private static final int[] LENGTHS = {1, 2, 7, 16, 30, 45, 60};
  private static final List<String> LABELS = List.of("a", "b", "c", "d", "e");

  @TempDir Path directory;

  static Stream<Arguments> cases() {
    ExitOptions model = ExitOptions.defaults();
    return Stream.of(
        Arguments.of("adept, all of it", TinyCheckpoint.llama(), model, 2),
        Arguments.of("all tokens together", TinyCheckpoint.qwen3(), together(model), 2),
        Arguments.of("a window", TinyCheckpoint.mistral(), model, 2),
        Arguments.of("no gate", TinyCheckpoint.gpt2(), model, 2),
        Arguments.of("plain copies", TinyCheckpoint.qwen2(), model.withTokenExit("copy"), 2),
        Arguments.of("tokens stay", TinyCheckpoint.llama(), model.withTokenExit("none"), 2),
        Arguments.of("confidence", TinyCheckpoint.llama(), model.withPolicy("confidence", 0.5f), 0),
        Arguments.of("never", TinyCheckpoint.llama(), model.withPolicy("confidence", 1), 0),
        Arguments.of("patience", TinyCheckpoint.llama(), model.withPolicy("patience", 0.5f), 0),
        Arguments.of("entropy", TinyCheckpoint.llama(), together(model, "entropy"), 0),
        Arguments.of("none", TinyCheckpoint.llama(), model.withPolicy("none", 1), 0));
  }

  private static ExitOptions together(ExitOptions options) {
    return options.withClassTokenFirst(false);
  }

  private static ExitOptions together(ExitOptions options, String policy) {
    return together(options).withTokenExit("none").withPolicy(policy, 0.4f);
  }

  /** {@code readers} is 2 where the policy reads the state, which asks the exits after 1 and 3. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyProductIsCounted(String name, TinyCheckpoint checkpoint, ExitOptions exit, int readers)
      throws IOException {
    TinyAdept adept = TinyAdept.of("adept", 0.6, 1, 3, 5).withTokenExits(0.5, 1, 3);
    checkpoint.layers(LAYERS).adept(adept).write(directory);
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      ModelTensors tensors = ModelTensors.of(opened.config(), opened.checkpoint());
      ExitPolicy policy = ExitPolicies.choose(opened, exit);
      ModelSource source =
          new ModelSource(
              opened.config(),
              tensors,
              ExitHeads.withScores(ExitHeads.of(opened, tensors), policy),
              ExitPolicies.tokenExits(opened, tensors, policy, exit),
              60);
      Engine engine =
          new Engine(source, policy, DecoderOptions.defaults().withExit(exit), Integer.MAX_VALUE);
      ReferenceSession session = new ReferenceSession(new ReferenceModel(source));
      Random random = new Random(5);
      for (int length : LENGTHS) {
        int[] ids = random.ints(length, 0, opened.config().vocabulary()).toArray();
        Classifications answers = new Classifications(LABELS, 1);
        long before = session.multiplyAdds();
        engine.classify(
            session, new TokenizedText[] {new TokenizedText(ids, false, null)}, false, answers);
        assertTrue(answers.scored(0));
        long asked = Math.min(readers, (answers.exitLayer(0) + 1) / 2);
        long expected = 2 * (session.multiplyAdds() - before) + 2 * 4 * asked;
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
