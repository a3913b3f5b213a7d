package org.sparkadept.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.compute.LoadedModel;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

/**
 * Class token first, with tokens leaving after several layers: hidden states and logits are those
 * of the reference. A preference that lies on the threshold may let the two part ways: such a row
 * is left out from there on, and there may be few.
 */
class TokenExitParityTest {
  private static final double TOLERANCE = 1e-3;
  private static final int LAYERS = 5;
  private static final int MOST_PARTED = 2;
  private static final int[] LENGTHS = {1, 2, 15, 16, 17, 63, 64, 65, 66, 140, 1, 40};

  @TempDir Path directory;

  @BeforeAll
  static void needsADevice() {
    TestDevice.orSkip();
  }

  static Stream<Arguments> models() {
    Map<String, TinyCheckpoint> models = new LinkedHashMap<>();
    models.put("llama, grouped heads", TinyCheckpoint.llama());
    models.put("mistral, window", TinyCheckpoint.mistral());
    models.put("qwen2, biases", TinyCheckpoint.qwen2());
    models.put("qwen3, head norms", TinyCheckpoint.qwen3());
    models.put("gpt2, learned positions", TinyCheckpoint.gpt2());
    List<Arguments> cases = new ArrayList<>();
    models.forEach((name, model) -> cases.add(Arguments.of(name, model)));
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void everyExitIsThatOfTheReference(String name, TinyCheckpoint checkpoint) throws IOException {
    long seed = System.nanoTime();
    TinyAdept adept = TinyAdept.of("adept", 0.5, 1, 2, 3, 4, 5).withSeed(seed);
    checkpoint.layers(LAYERS).positions(160).seed(seed).adept(adept.withTokenExits(0.5, 1, 2, 4));
    checkpoint.write(directory);
    try (LoadedModel reference = LoadedModel.open(directory, "reference", 160);
        LoadedModel tested = LoadedModel.open(directory, "tornadovm", 160)) {
      int[][] rows = reference.randomRows(new Random(seed), LENGTHS);
      int[] all = IntStream.range(0, rows.length).toArray();
      int tokens = IntStream.of(LENGTHS).sum();
      int[] expectedExits = new int[tokens];
      int[] foundExits = new int[tokens];
      reference.begin(rows);
      tested.begin(rows);
      assertStates(reference, tested, all, tokens, "embedded");
      for (int layer = 0; layer < LAYERS; layer++) {
        String where = name + ", seed " + seed + ", after layer " + (layer + 1);
        advance(reference, layer, all, expectedExits);
        advance(tested, layer, all, foundExits);
        all = together(all, expectedExits, foundExits);
        assertTrue(all.length >= rows.length - MOST_PARTED, where + ": rows have parted");
        assertStates(reference, tested, all, tokens, where);
        float[][] expected = reference.read(layer + 1, all);
        float[][] found = tested.read(layer + 1, all);
        for (int i = 0; i < all.length; i++) {
          assertClose(expected[i], found[i], where + ", row " + all[i]);
        }
      }
      long left = IntStream.of(foundExits).filter(exit -> exit > 0).count();
      assertTrue(left > 0 && left < tokens, name + ", seed " + seed + ": all or none have left");
    }
  }

  /** Those of the rows whose tokens left alike. */
  private static int[] together(int[] rows, int[] expectedExits, int[] foundExits) {
    return IntStream.of(rows)
        .filter(
            row -> {
              int start = IntStream.of(LENGTHS).limit(row).sum();
              int end = start + LENGTHS[row];
              return Arrays.equals(expectedExits, start, end, foundExits, start, end);
            })
        .toArray();
  }

  private static void advance(LoadedModel model, int layer, int[] rows, int[] exits) {
    model.split(layer, rows);
    if (model.source().tokenExits().policies().containsKey(layer + 1)) {
      float threshold = model.source().tokenExits().threshold();
      model.session().exitTokens(layer + 1, threshold, rows, 0, rows.length, exits);
    }
  }

  @Test
  void theClassTokenFirstChangesNoAnswer() throws IOException {
    TinyCheckpoint.qwen3().layers(LAYERS).positions(160).write(directory);
    try (LoadedModel loaded = LoadedModel.open(directory, "tornadovm", 160)) {
      int[][] rows = loaded.randomRows(new Random(3), LENGTHS);
      int[] all = IntStream.range(0, rows.length).toArray();
      loaded.begin(rows);
      float[][] together = loaded.advance(0, LAYERS, all);
      loaded.begin(rows);
      for (int layer = 0; layer < LAYERS; layer++) {
        loaded.split(layer, all);
      }
      float[][] apart = loaded.read(LAYERS, all);
      for (int row = 0; row < rows.length; row++) {
        assertArrayEquals(together[row], apart[row], 0f, "row " + row);
      }
    }
  }

  private static void assertStates(
      LoadedModel reference, LoadedModel tested, int[] rows, int tokens, String where) {
    float[] expected = new float[tokens * reference.config().width()];
    float[] found = new float[expected.length];
    reference.session().readStates(rows, rows.length, expected);
    tested.session().readStates(rows, rows.length, found);
    assertClose(expected, found, where + ", states");
  }

  private static void assertClose(float[] expected, float[] found, String where) {
    double largest = 1e-6;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], TOLERANCE * largest, where + ", at " + i);
    }
  }
}
