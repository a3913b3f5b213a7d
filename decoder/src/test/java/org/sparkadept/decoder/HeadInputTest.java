package org.sparkadept.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.ExitTrace;

/** Heads that read the mean of the other tokens say the same however the layers are run. */
class HeadInputTest {
  private static final double TOLERANCE = 1e-4;
  private static final int ROWS = 40;
  private static final String[] LABELS = {"a", "b", "c"};

  @TempDir Path directory;

  @ParameterizedTest(name = "ensemble: {0}")
  @ValueSource(booleans = {false, true})
  void theOrderOfTokensAndTheBackendChangeNoAnswer(boolean ensemble) throws IOException {
    TinyAdept adept =
        TinyAdept.of("adept", 0.6, 1, 3, 6)
            .withLabels(LABELS)
            .withTokenExits(0.5, 1)
            .withMeans(1, 3, 6);
    TinyCheckpoint.llama()
        .layers(7)
        .positions(100)
        .seed(TestSeed.value())
        .adept(ensemble ? adept.withEnsemble() : adept)
        .write(directory);
    List<ExitTrace[]> traces = new ArrayList<>();
    for (String backend : List.of("reference", "cpu")) {
      try (LoadedModel model =
          LoadedModel.open(directory, ComputeOptions.defaults().withBackend(backend))) {
        assertEquals(List.of(1, 3, 6), model.exitLayers());
        for (boolean first : new boolean[] {true, false}) {
          ClassifierOptions options = ClassifierOptions.defaults().withClassTokenFirst(first);
          traces.add(model.classifier(options).trace(texts(), true));
        }
      }
    }
    for (ExitTrace[] other : traces.subList(1, traces.size())) {
      assertSame(traces.get(0), other);
    }
  }

  /**
   * A token whose preference lies on the threshold may exit in one of two and stay in the other.
   */
  private static void assertSame(ExitTrace[] expected, ExitTrace[] found) {
    int compared = 0;
    for (int row = 0; row < ROWS; row++) {
      if (!Arrays.equals(expected[row].tokenExits(), found[row].tokenExits())) {
        continue;
      }
      compared++;
      for (int exit = 0; exit < expected[row].exits(); exit++) {
        for (int label = 0; label < LABELS.length; label++) {
          assertEquals(
              expected[row].probabilities()[exit][label],
              found[row].probabilities()[exit][label],
              TOLERANCE,
              "row " + row + ", exit " + exit);
        }
      }
    }
    assertTrue(compared >= ROWS - 3, compared + " rows have the same token exits");
  }

  private static byte[][] texts() {
    Random random = TestSeed.random();
    byte[][] texts = new byte[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      String text =
          random
              .ints(1 + random.nextInt(90), 'a', 'z' + 1)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      texts[row] = text.getBytes(StandardCharsets.UTF_8);
    }
    return texts;
  }
}
