package org.sparkadept.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.LoadedModel;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.RowStates;
import org.sparkadept.decoder.tokenizer.TextTokenizer;

/** Hidden states as fitting sees them. */
class ObserveTest {
  private static final int LAYERS = 3;

  @TempDir Path directory;

  private record Seen(int row, RowStates states) {}

  private List<Seen> observe(String backend, byte[][] texts) {
    List<Seen> seen = new ArrayList<>();
    DecoderOptions options = DecoderOptions.defaults().withBackend(backend);
    try (Decoder decoder = Decoder.open(directory, options)) {
      decoder.observe(texts, (row, states) -> seen.add(new Seen(row, states)));
    }
    return seen;
  }

  @Test
  void everyTokenIsSeenAtEveryDepthWhateverTheExits() throws IOException {
    TinyAdept adept = TinyAdept.of("adept", 0.1, 1, 2, 3).withTokenExits(0.1, 1, 2);
    TinyCheckpoint.llama().layers(LAYERS).adept(adept).write(directory);
    byte[][] texts = {utf8("some text"), null, utf8(""), utf8("another text, longer"), utf8("x")};
    List<Seen> expected = observe("reference", texts);
    List<Seen> found = observe("cpu", texts);
    assertEquals(List.of(0, 3, 4), found.stream().map(Seen::row).toList());
    for (int i = 0; i < found.size(); i++) {
      RowStates states = found.get(i).states();
      assertEquals(LAYERS + 1, states.states().length);
      for (int layer = 0; layer <= LAYERS; layer++) {
        float[] at = states.states()[layer];
        assertEquals(states.tokens() * states.width(), at.length);
        assertArrayEquals(expected.get(i).states().states()[layer], at, 1e-4f * largest(at));
      }
    }
  }

  @Test
  void theStatesAreThoseThatTheLayersRunOn() throws IOException {
    TinyCheckpoint.gpt2().layers(LAYERS).write(directory);
    byte[] text = utf8("a text");
    float[][] seen = observe("reference", new byte[][] {text}).get(0).states().states();
    try (LoadedModel loaded = LoadedModel.open(directory, "reference", 64);
        TextTokenizer tokenizer = TextTokenizer.open(directory.resolve("tokenizer.json"), 64)) {
      loaded.begin(tokenizer.encode(text).ids());
      float[] states = new float[seen[0].length];
      for (int layer = 0; layer <= LAYERS; layer++) {
        if (layer > 0) {
          loaded.session().run(layer - 1, layer, new int[] {0}, 0, 1);
        }
        loaded.session().readStates(new int[] {0}, 1, states);
        assertArrayEquals(states, seen[layer], 0f);
      }
    }
  }

  @Test
  void manyRowsComeInTheirOrder() throws IOException {
    // 60,000 tokens of 2 states of 96 floats: more than 32 MiB, so not all rows are held at once.
    TinyCheckpoint.llama().layers(1).width(96).positions(512).write(directory);
    Random random = new Random(1);
    byte[][] texts = new byte[150][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = utf8("w".repeat(300 + random.nextInt(200)));
    }
    int[] rows = observe("cpu", texts).stream().mapToInt(Seen::row).toArray();
    int[] order = new int[texts.length];
    Arrays.setAll(order, i -> i);
    assertArrayEquals(order, rows);
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
