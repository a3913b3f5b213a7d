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
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.Classifications;
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
    try (Decoder decoder = Decoder.open(directory, DecoderOptions.defaults())) {
      for (String text : List.of("a text", "another, rather longer text to look at", "x")) {
        Classifications given = decoder.classify(new byte[][] {utf8(text)});
        Explanation explained = decoder.explain(utf8(text));
        assertEquals(given.label(0), explained.label());
        assertEquals(given.score(0), explained.probability());
        assertEquals(given.exitLayer(0), explained.exitLayer());
        assertEquals(
            List.of(1, 2, 4), explained.exits().stream().map(Explanation.Exit::layer).toList());
        for (Explanation.Exit exit : explained.exits()) {
          boolean last = exit.layer() == LAYERS;
          assertEquals(last, Float.isNaN(exit.value()));
          assertEquals(last || exit.value() >= 0.3f, exit.leaves());
          assertTrue(exit.layer() >= explained.exitLayer() || !exit.leaves());
        }
      }
    }
  }

  @Test
  void tokensAreShownWithTheLayerWhereTheyLeft() throws IOException {
    write("confidence", 1);
    DecoderOptions options = DecoderOptions.defaults().withMaxTokens(12);
    try (Decoder decoder = Decoder.open(directory, options)) {
      Explanation explained = decoder.explain(utf8("abcdefghijklmnopqrstuvw"));
      assertTrue(explained.truncated());
      assertEquals(12, explained.tokens().size());
      assertEquals(List.of("a", "b", "c"), explained.tokens().subList(0, 3));
      assertEquals("k", explained.tokens().get(10));
      assertFalse("l".equals(explained.tokens().get(11)), "the class token is kept");
      assertEquals(12, explained.tokenExits().size());
      assertEquals(0, explained.tokenExits().get(11));
      for (int exit : explained.tokenExits()) {
        assertTrue(exit >= 0 && exit <= 2);
      }
    }
  }

  @Test
  void aTextThatCannotBeScoredIsRefusedWithItsReason() throws IOException {
    write("confidence", 0.5);
    try (Decoder decoder = Decoder.open(directory, DecoderOptions.defaults())) {
      AdeptException error = assertThrows(AdeptException.class, () -> decoder.explain(utf8("")));
      assertTrue(error.getMessage().contains("empty"), error.getMessage());
    }
  }
}
