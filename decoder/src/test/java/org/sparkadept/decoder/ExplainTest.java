package org.sparkadept.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.result.Explanation;

class ExplainTest {
  private static final int LAYERS = 4;

  @TempDir Path directory;

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void write(String policy, double threshold) throws IOException {
    TinyAdept adept = TinyAdept.of(policy, threshold, 1, 2, 4).withTokenExits(0.5, 1, 2);
    TinyCheckpoint.llama().layers(LAYERS).adept(adept).write(directory);
  }

  @Test
  void everyExitIsShownAndTheAnswerIsTheOneThatIsGiven() throws IOException {
    write("adept", 0.3);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      for (String text : List.of("a text", "another, rather longer text to look at", "x")) {
        Classifications given = classifier.classify(new byte[][] {utf8(text)});
        Explanation explained = classifier.explain(utf8(text));
        ExitTrace trace = explained.trace();
        ExitReadout answer = trace.readouts()[trace.answer()];
        assertEquals(given.labelIndex(0), answer.label());
        assertEquals(given.score(0), answer.probability());
        assertEquals(given.exitLayer(0), answer.layer());
        assertEquals(given.flops(0), trace.flops()[trace.answer()]);
        int[] layers = {1, 2, 4};
        for (int exit = 0; exit < layers.length; exit++) {
          float preference = trace.preferences()[exit];
          boolean last = layers[exit] == LAYERS;
          assertEquals(layers[exit], trace.readouts()[exit].layer());
          assertEquals(last, Float.isNaN(preference));
          assertEquals(last || preference >= 0.3f, trace.decisions()[exit]);
          assertTrue(exit >= trace.answer() || !trace.decisions()[exit]);
        }
      }
    }
  }

  @Test
  void tokensAreShownWithTheLayerAfterWhichTheyExited() throws IOException {
    write("confidence", 1);
    ClassifierOptions options = ClassifierOptions.defaults().withMaxTokens(12);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(options);
      Explanation explained = classifier.explain(utf8("abcdefghijklmnopqrstuvw"));
      assertTrue(explained.truncated());
      assertEquals(12, explained.tokens().size());
      assertEquals(List.of("a", "b", "c"), explained.tokens().subList(0, 3));
      assertEquals("k", explained.tokens().get(10));
      assertFalse("l".equals(explained.tokens().get(11)), "the class token is kept");
      int[] tokenExits = explained.trace().tokenExits();
      assertEquals(12, tokenExits.length);
      assertEquals(0, tokenExits[11]);
      for (int exit : tokenExits) {
        assertTrue(exit >= 0 && exit <= 2);
      }
    }
  }

  @Test
  void aTextThatCannotBeScoredIsRefusedWithItsReason() throws IOException {
    write("confidence", 0.5);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      AdeptException error = assertThrows(AdeptException.class, () -> classifier.explain(utf8("")));
      assertTrue(error.getMessage().contains("empty"), error.getMessage());
    }
  }
}
