package org.sparkadept.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyTokenizer;
import org.sparkadept.decoder.oracle.HuggingFaceOracle;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.decoder.tokenizer.TextTokenizer;

class ClassifierTest {
  private static final int LAYERS = 4;

  @TempDir Path directory;

  private static TinyCheckpoint checkpoint() {
    return TinyCheckpoint.llama().layers(LAYERS).positions(128);
  }

  private void open(ClassifierOptions options) {
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      model.classifier(options);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[][] randomTexts(long seed, int count) {
    Random random = new Random(seed);
    byte[][] texts = new byte[count][];
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder("t");
      int length = random.nextInt(80);
      for (int c = 0; c < length; c++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      texts[i] = utf8(text.toString());
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void rowsExitWhereTheOracleSaysTheyAreSure(String backend) throws IOException {
    long seed = TestSeed.value();
    checkpoint().seed(seed).adept(TinyAdept.confidence(0.9, 1, 2, 4)).write(directory);
    byte[][] texts = randomTexts(seed, 120);
    double[][][] expected = exitProbabilities(texts, 1, 2, 4);
    float threshold = halfWay(expected);
    ClassifierOptions options =
        ClassifierOptions.defaults()
            .withBatching(200, 1000)
            .withPolicy(PolicyKind.CONFIDENCE, threshold);
    int early = 0;
    int unclear = 0;
    ComputeOptions compute = ComputeOptions.defaults().withBackend(backend);
    try (LoadedModel model = LoadedModel.open(directory, compute)) {
      Classifier classifier = model.classifier(options);
      Classifications answers = classifier.classify(texts);
      for (int row = 0; row < texts.length; row++) {
        String where = "row " + row;
        double[] first = expected[row][0];
        double[] second = expected[row][1];
        if (Math.abs(max(first) - threshold) < 1e-4 || Math.abs(max(second) - threshold) < 1e-4) {
          unclear++;
          continue;
        }
        int exit = max(first) >= threshold ? 1 : max(second) >= threshold ? 2 : LAYERS;
        double[] p = expected[row][exit == LAYERS ? 2 : exit - 1];
        assertEquals(exit, answers.exitLayer(row), where);
        assertEquals(max(p), answers.score(row), 1e-4, where);
        assertEquals(classifier.labels().get(top(p)), answers.label(row), where);
        early += exit < LAYERS ? 1 : 0;
      }
      DecoderStatistics cost = answers.statistics();
      assertTrue(cost.flops() < cost.fullDepthFlops());
    }
    assertTrue(early > 0 && early < texts.length, early + " rows left early");
    assertTrue(unclear < texts.length / 10, unclear + " rows lie on the threshold");
  }

  /** {@code [texts][exits][labels]}, by the oracle. */
  private double[][][] exitProbabilities(byte[][] texts, int... exits) throws IOException {
    double[][][] probabilities = new double[texts.length][exits.length][];
    try (TextTokenizer tokenizer = TextTokenizer.open(directory.resolve("tokenizer.json"))) {
      for (int row = 0; row < texts.length; row++) {
        int[] ids = tokenizer.encode(texts[row], 128).ids();
        for (int i = 0; i < exits.length; i++) {
          probabilities[row][i] =
              HuggingFaceOracle.probabilities(
                  HuggingFaceOracle.exitLogits(directory, ids, exits[i]));
        }
      }
    }
    return probabilities;
  }

  /** A threshold that about half of the rows reach before the last exit. */
  private static float halfWay(double[][][] probabilities) {
    double[] best = new double[probabilities.length];
    for (int row = 0; row < best.length; row++) {
      best[row] = Math.max(max(probabilities[row][0]), max(probabilities[row][1]));
    }
    Arrays.sort(best);
    int middle = best.length / 2;
    return (float) ((best[middle - 1] + best[middle]) / 2);
  }

  private static double max(double[] values) {
    return values[top(values)];
  }

  private static int top(double[] values) {
    int top = 0;
    for (int i = 1; i < values.length; i++) {
      top = values[i] > values[top] ? i : top;
    }
    return top;
  }

  @Test
  void aPlainClassifierRunsAtFullDepth() throws IOException {
    checkpoint().write(directory);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      Classifications answers = classifier.classify(randomTexts(5, 10));
      assertEquals(List.of(LAYERS), classifier.exitLayers());
      assertEquals(LAYERS, answers.exitLayer(3));
      assertEquals(answers.statistics().flops(), answers.statistics().fullDepthFlops());
    }
  }

  @Test
  void batchBoundsChangeNoAnswer() throws IOException {
    checkpoint().adept(TinyAdept.confidence(0.6, 1, 2, 3, 4)).write(directory);
    byte[][] texts = randomTexts(7, 200);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier narrow = model.classifier(ClassifierOptions.defaults().withBatching(1, 1));
      Classifier wide = model.classifier(ClassifierOptions.defaults());
      assertSame(narrow.classify(texts), wide.classify(texts));
    }
  }

  @Test
  void classifiersOfAnyPolicyAndBoundShareAModel() throws IOException {
    TinyAdept adept = TinyAdept.of("adept", 0.6, 1, 2, 3, 4).withTokenExits(0.5, 1, 2);
    checkpoint().adept(adept).write(directory);
    byte[][] texts = randomTexts(TestSeed.value(), 60);
    List<ClassifierOptions> variants = new ArrayList<>();
    for (PolicyKind kind : PolicyKind.values()) {
      ClassifierOptions options = ClassifierOptions.defaults().withPolicy(kind, 0.6f);
      variants.add(options);
      variants.add(options.withTokenExit(TokenExitKind.COPY).withMaxTokens(20));
      variants.add(options.withTokenExit(TokenExitKind.NONE).withClassTokenFirst(false));
    }
    try (LoadedModel shared = LoadedModel.open(directory, ComputeOptions.defaults())) {
      for (ClassifierOptions options : variants) {
        Classifications found = shared.classifier(options).classify(texts);
        try (LoadedModel alone = LoadedModel.open(directory, ComputeOptions.defaults())) {
          assertSame(alone.classifier(options).classify(texts), found);
        }
      }
    }
  }

  @Test
  void manyThreadsShareOneClassifier() throws Exception {
    checkpoint().adept(TinyAdept.confidence(0.6, 1, 2, 3, 4)).write(directory);
    byte[][] texts = randomTexts(9, 100);
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      Classifications expected = classifier.classify(texts);
      List<Future<Classifications>> results = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        results.add(pool.submit(() -> classifier.classify(texts)));
      }
      for (Future<Classifications> result : results) {
        assertSame(expected, result.get());
      }
    } finally {
      pool.shutdown();
    }
  }

  private static void assertSame(Classifications expected, Classifications found) {
    for (int row = 0; row < expected.size(); row++) {
      assertEquals(expected.label(row), found.label(row));
      assertEquals(expected.score(row), found.score(row));
      assertEquals(expected.exitLayer(row), found.exitLayer(row));
    }
  }

  @Test
  void everyKindOfRowComesOutInItsPlace() throws IOException {
    checkpoint().write(directory);
    byte[][] texts = {
      utf8("plain"),
      null,
      utf8(""),
      {(byte) 'a', (byte) 0xff},
      utf8("\uD83D\uDE80 emoji"),
      utf8("long ".repeat(200_000))
    };
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      Classifications answers = classifier.classify(texts);
      assertTrue(answers.scored(0));
      assertFalse(answers.scored(1));
      assertNull(answers.error(1));
      assertFalse(answers.scored(2));
      assertTrue(answers.error(2).contains("empty"), answers.error(2));
      assertTrue(answers.error(3).contains("UTF-8"), answers.error(3));
      assertTrue(answers.scored(4));
      assertFalse(answers.truncated(4));
      assertTrue(answers.scored(5));
      assertTrue(answers.truncated(5));
      assertEquals(128, answers.tokens(5));
    }
  }

  @Test
  void tokenizedTextsAreAnsweredAsTheTextsAre() throws IOException {
    checkpoint().adept(TinyAdept.confidence(0.5, 1, 2, 4)).write(directory);
    byte[][] texts = randomTexts(7, 60);
    texts[3] = null;
    texts[4] = utf8("");
    texts[5] = utf8("long ".repeat(100));
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      Classifier fullDepth = model.classifier(ClassifierOptions.defaults().atFullDepth());
      Classifications answers = fullDepth.classify(classifier.tokenize(texts), true);
      assertSame(fullDepth.classify(texts), answers);
      assertEquals(0, answers.statistics().tokenizerNanos());
      assertEquals(fullDepth.labels().size(), answers.probabilities(0).length);
      assertFalse(answers.scored(3));
      assertNull(answers.error(3));
      assertTrue(answers.error(4).contains("empty"), answers.error(4));
      assertEquals(128, answers.tokens(5));
      assertTrue(answers.truncated(5));
    }
  }

  @Test
  void noRowsAndOnlyNullsAreFine() throws IOException {
    checkpoint().write(directory);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      assertEquals(0, classifier.classify(new byte[0][]).size());
      assertFalse(classifier.classify(new byte[3][]).scored(2));
    }
  }

  @Test
  void aBoundBeyondTheModelsPositionsIsRefused() throws IOException {
    checkpoint().write(directory);
    AdeptException error =
        assertThrows(
            AdeptException.class, () -> open(ClassifierOptions.defaults().withMaxTokens(129)));
    assertTrue(error.getMessage().contains("128"), error.getMessage());
  }

  @Test
  void aModelWithoutAnyHeadSaysWhatIsMissing() throws IOException {
    checkpoint().withoutHead().write(directory);
    AdeptException error =
        assertThrows(AdeptException.class, () -> open(ClassifierOptions.defaults()));
    assertTrue(error.getMessage().contains("classification head"), error.getMessage());
    assertTrue(error.getMessage().contains(directory.toString()), error.getMessage());
  }

  @Test
  void policiesThatTheModelCannotFollowAreRefused() throws IOException {
    checkpoint().write(directory);
    ClassifierOptions confidence =
        ClassifierOptions.defaults().withPolicy(PolicyKind.CONFIDENCE, 0.5f);
    AdeptException error = assertThrows(AdeptException.class, () -> open(confidence));
    assertTrue(error.getMessage().contains("'confidence'"), error.getMessage());
    error = assertThrows(AdeptException.class, () -> PolicyKind.parse("magic"));
    assertTrue(error.getMessage().contains("'magic'"), error.getMessage());
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    ClassifierOptions defaults = ClassifierOptions.defaults();
    assertThrows(AdeptException.class, () -> defaults.withMaxTokens(-1));
    assertThrows(AdeptException.class, () -> defaults.withPolicy(PolicyKind.CONFIDENCE, 1.5f));
    assertThrows(AdeptException.class, () -> defaults.withPolicy(PolicyKind.CONFIDENCE, 0f));
    assertThrows(AdeptException.class, () -> defaults.withBatching(0, 10));
    assertThrows(AdeptException.class, () -> defaults.withBatching(20, 10));
  }

  @Test
  void aTokenThatTheEmbeddingLacksIsTheRowsError() throws IOException {
    checkpoint().write(directory);
    Path other = Files.createDirectories(directory.resolve("other"));
    checkpoint()
        .tokenizer(TinyTokenizer.appendingClass().withMerges("a a", "b b", "c c"))
        .write(other);
    Files.copy(
        other.resolve("tokenizer.json"),
        directory.resolve("tokenizer.json"),
        StandardCopyOption.REPLACE_EXISTING);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      Classifications answers = classifier.classify(new byte[][] {utf8("a")});
      assertTrue(answers.error(0).contains("embedding"), answers.error(0));
    }
  }
}
