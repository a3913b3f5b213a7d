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
import org.sparkadept.decoder.compute.BackendModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.RowStates;
import org.sparkadept.decoder.tokenizer.TextTokenizer;

/** Hidden states as fitting sees them. */
class ObserveTest {
  private static final int LAYERS = 3;

  @TempDir Path directory;

  private record Observed(int row, RowStates states) {}

  private List<Observed> observe(String backend, byte[][] texts) {
    List<Observed> observed = new ArrayList<>();
    ComputeOptions options = ComputeOptions.defaults().withBackend(backend);
    try (LoadedModel model = LoadedModel.open(directory, options)) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      classifier.observe(texts, (row, states) -> observed.add(new Observed(row, states)));
    }
    return observed;
  }

  @Test
  void everyTokenIsObservedAtEveryDepthWhateverTheExits() throws IOException {
    TinyAdept adept = TinyAdept.of("adept", 0.1, 1, 2, 3).withTokenExits(0.1, 1, 2);
    TinyCheckpoint.llama().layers(LAYERS).adept(adept).write(directory);
    byte[][] texts = {utf8("some text"), null, utf8(""), utf8("another text, longer"), utf8("x")};
    List<Observed> expected = observe("reference", texts);
    List<Observed> found = observe("cpu", texts);
    assertEquals(List.of(0, 3, 4), found.stream().map(Observed::row).toList());
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
    float[][] observed = observe("reference", new byte[][] {text}).get(0).states().states();
    try (BackendModel loaded = BackendModel.open(directory, "reference");
        TextTokenizer tokenizer = TextTokenizer.open(directory.resolve("tokenizer.json"))) {
      loaded.begin(tokenizer.encode(text, 64).ids());
      float[] states = new float[observed[0].length];
      for (int layer = 0; layer <= LAYERS; layer++) {
        if (layer > 0) {
          loaded.session().run(layer - 1, layer, RowSet.all(1));
        }
        loaded.session().readStates(RowSet.all(1), states);
        assertArrayEquals(states, observed[layer], 0f);
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
    int[] rows = observe("cpu", texts).stream().mapToInt(Observed::row).toArray();
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
