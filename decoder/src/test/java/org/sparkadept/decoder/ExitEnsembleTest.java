package org.sparkadept.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.result.HeadInputs;

/**
 * An exit of an ensemble says what the mean of the heads up to there says. How it says so where
 * tokens exit, and on other backends, is in {@link HeadInputTest}.
 */
class ExitEnsembleTest {
  private static final double TOLERANCE = 1e-5;
  private static final int ROWS = 30;
  private static final int[] EXITS = {1, 3, 6};
  private static final String[] LABELS = {"a", "b", "c"};
  private static final ClassifierOptions OPTIONS = ClassifierOptions.defaults();

  @TempDir Path directory;
  private final byte[][] texts = new byte[ROWS][];

  @BeforeEach
  void writeModel() throws IOException {
    TinyCheckpoint.llama()
        .layers(7)
        .positions(100)
        .seed(TestSeed.value())
        .adept(
            TinyAdept.of("adept", 0.5, 1, 3, 6)
                .withLabels(LABELS)
                .withMeans(1, 3, 6)
                .withEnsemble())
        .write(directory);
    Random random = TestSeed.random();
    for (int row = 0; row < ROWS; row++) {
      byte[] letters = new byte[1 + random.nextInt(90)];
      for (int i = 0; i < letters.length; i++) {
        letters[i] = (byte) ('a' + random.nextInt(26));
      }
      texts[row] = letters;
    }
  }

  private LoadedModel open(String backend) {
    return LoadedModel.open(directory, ComputeOptions.defaults().withBackend(backend));
  }

  /** {@code [exits][labels]}: by the heads' own weights, from what they read. */
  private static double[][] expected(HeadInputs inputs, List<ExitHead> heads) {
    double[][] probabilities = new double[EXITS.length][LABELS.length];
    double[] sums = new double[LABELS.length];
    for (int exit = 0; exit < EXITS.length; exit++) {
      ExitHead head = heads.get(exit);
      float[] weights = new float[head.outputs() * head.inputs()];
      head.weights().weight().read(0, head.outputs(), weights, 0);
      double total = 0;
      for (int label = 0; label < LABELS.length; label++) {
        sums[label] += head.weights().bias()[label];
        for (int i = 0; i < head.inputs(); i++) {
          sums[label] += (double) weights[label * head.inputs() + i] * inputs.inputs()[exit][i];
        }
        probabilities[exit][label] = Math.exp(sums[label] / (exit + 1));
        total += probabilities[exit][label];
      }
      for (int label = 0; label < LABELS.length; label++) {
        probabilities[exit][label] /= total;
      }
    }
    return probabilities;
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void anExitSaysWhatTheMeanOfTheHeadsUpToThereSays(String backend) throws IOException {
    try (ModelDirectory opened = ModelDirectory.open(directory);
        LoadedModel model = open(backend)) {
      List<ExitHead> heads =
          List.copyOf(new FittedExits(opened, opened.tensors()).heads().values());
      Classifier classifier = model.classifier(OPTIONS);
      ExitTrace[] traces = classifier.trace(texts, true);
      HeadInputs[] inputs =
          classifier.headInputs(texts, EXITS, ExitHead.Input.CLASS_TOKEN_AND_MEAN);
      for (int row = 0; row < ROWS; row++) {
        double[][] expected = expected(inputs[row], heads);
        for (int exit = 0; exit < EXITS.length; exit++) {
          for (int label = 0; label < LABELS.length; label++) {
            float found = traces[row].probabilities()[exit][label];
            assertEquals(expected[exit][label], found, TOLERANCE, "row " + row);
          }
        }
      }
    }
  }

  /** At full depth, too, though no row exits earlier; and that is what its cost is told against. */
  @Test
  void theReferenceIsTheMeanOfAllHeads() {
    try (LoadedModel model = open("cpu")) {
      ExitTrace[] traces = model.classifier(OPTIONS).trace(texts, true);
      Classifier fullDepth = model.classifier(OPTIONS.withPolicy(PolicyKind.NONE, Float.NaN));
      assertEquals(List.of(6), fullDepth.exitLayers());
      assertEquals(1, fullDepth.trace(texts, false)[0].exits());
      Classifications answers = fullDepth.classify(texts, true);
      for (int row = 0; row < ROWS; row++) {
        assertEquals(6, answers.exitLayer(row));
        assertArrayEquals(
            traces[row].probabilities()[2], answers.probabilities(row), (float) TOLERANCE);
        assertEquals(answers.flops(row), answers.fullDepthFlops(row));
        assertEquals(traces[row].fullDepthFlops(), answers.fullDepthFlops(row));
      }
    }
  }

  @Test
  void howRowsArePackedChangesNoAnswer() {
    ClassifierOptions confidence = OPTIONS.withPolicy(PolicyKind.CONFIDENCE, 0.45f);
    try (LoadedModel model = open("cpu")) {
      Classifications expected = model.classifier(confidence).classify(texts, true);
      boolean early = false;
      for (ClassifierOptions other :
          List.of(
              confidence.withClassTokenFirst(false),
              confidence.withMergeSurvivors(false).withBatching(64, 256))) {
        Classifications found = model.classifier(other).classify(texts, true);
        for (int row = 0; row < ROWS; row++) {
          early |= expected.exitLayer(row) < 6;
          assertEquals(expected.exitLayer(row), found.exitLayer(row), "row " + row);
          assertArrayEquals(
              expected.probabilities(row), found.probabilities(row), (float) TOLERANCE);
        }
      }
      assertTrue(early);
    }
  }
}
