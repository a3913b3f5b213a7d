package org.sparkadept.decoder.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.WeightType;

/**
 * A backend beside the reference, class token first, with tokens that exit after several layers. A
 * preference that lies on the threshold may make the two differ: such a row is left out from there
 * on, and there may be few.
 *
 * @param directory where models are written
 * @param options the backend; weights that it holds in half precision are written so, too
 * @param tolerance largest difference, relative to the largest value
 */
public record TokenExitComparison(Path directory, ComputeOptions options, double tolerance) {
  private static final int LAYERS = 5;
  private static final int MAX_TOKENS = 160;
  private static final int MAX_DIFFERING = 2;
  private static final int[] LENGTHS = {1, 2, 15, 16, 17, 63, 64, 65, 66, 140, 1, 40};

  /** How many rows are compared. */
  public static int rows() {
    return LENGTHS.length;
  }

  /**
   * Compares hidden states and logits after every layer.
   *
   * @param checkpoint the model, of random weights
   * @param name what messages call the case
   * @param meanLayers exits, from 1, whose heads read the mean of the other tokens, too
   * @return the layer after which each token exited, 0 where it did not
   */
  public int[] everyExitIsThatOfTheReference(
      TinyCheckpoint checkpoint, long seed, String name, Integer... meanLayers) throws IOException {
    TinyAdept adept = TinyAdept.of("adept", 0.5, 1, 2, 3, 4, 5).withSeed(seed);
    checkpoint
        .layers(LAYERS)
        .positions(MAX_TOKENS)
        .seed(seed)
        .adept(adept.withTokenExits(0.5, 1, 2, 4).withMeans(meanLayers))
        .weightType(options.precision() == Precision.F16 ? WeightType.F16 : WeightType.F32)
        .write(directory);
    try (BackendModel reference = BackendModel.open(directory, "reference");
        BackendModel tested = BackendModel.open(directory, options)) {
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
        assertTrue(all.length >= rows.length - MAX_DIFFERING, where + ": rows differ");
        assertStates(reference, tested, all, tokens, where);
        float[][] expected = reference.read(layer + 1, all);
        float[][] found = tested.read(layer + 1, all);
        for (int i = 0; i < all.length; i++) {
          assertClose(expected[i], found[i], where + ", row " + all[i]);
        }
      }
      return foundExits;
    }
  }

  /** Those of the rows whose tokens exited alike. */
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

  private static void advance(BackendModel model, int layer, int[] rows, int[] exits) {
    model.split(layer, rows);
    if (model.tokenExits().policies().containsKey(layer)) {
      model.session().exitTokens(layer, BackendModel.set(rows), exits);
    }
  }

  /**
   * Compares a model that is run layer by layer, class token first, with the same model at once.
   *
   * @param difference largest difference
   */
  public void theClassTokenFirstChangesNoAnswer(float difference) throws IOException {
    TinyCheckpoint.qwen3().layers(LAYERS).positions(MAX_TOKENS).write(directory);
    try (BackendModel loaded = BackendModel.open(directory, options)) {
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
        assertArrayEquals(together[row], apart[row], difference, "row " + row);
      }
    }
  }

  private void assertStates(
      BackendModel reference, BackendModel tested, int[] rows, int tokens, String where) {
    float[] expected = new float[tokens * reference.config().width()];
    float[] found = new float[expected.length];
    reference.session().readStates(BackendModel.set(rows), expected);
    tested.session().readStates(BackendModel.set(rows), found);
    assertClose(expected, found, where + ", states");
  }

  private void assertClose(float[] expected, float[] found, String where) {
    double largest = 1e-6;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], tolerance * largest, where + ", at " + i);
    }
  }
}
