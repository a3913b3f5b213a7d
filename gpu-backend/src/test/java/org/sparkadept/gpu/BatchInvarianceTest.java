package org.sparkadept.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.BackendModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.fixture.DamagedToken;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

/**
 * A row's logits are the same to the last bit alone, in any batch, in any order, beside rows that
 * are not finite, and beside waves of other sessions.
 */
class BatchInvarianceTest {
  private static final int LAYERS = 3;
  private static final int[] LENGTHS = {70, 1, 33, 129, 8, 64, 200, 16, 5, 90};

  @TempDir Path directory;

  @BeforeEach
  void writeModel() throws IOException {
    TestDevice.orSkip();
    TinyCheckpoint.llama()
        .layers(LAYERS)
        .width(64)
        .heads(4, 2, 16)
        .mlpWidth(96)
        .seed(TestSeed.value())
        .positions(200)
        .write(directory);
  }

  /** Weights in half precision, and tensor cores, where the device can. */
  private static BackendModel open(Path model) throws IOException {
    return BackendModel.open(model, ComputeOptions.defaults().withBackend("tornadovm"));
  }

  @Test
  void neighboursChangeNoBit() throws IOException {
    try (BackendModel loaded = open(directory)) {
      int[][] rows = loaded.randomRows(TestSeed.random(), LENGTHS);
      loaded.begin(rows);
      float[][] together = loaded.advance(0, LAYERS, IntStream.range(0, rows.length).toArray());

      int[] order = {6, 2, 9, 0, 5, 1, 8, 3, 7, 4};
      int[][] shuffled = new int[order.length][];
      Arrays.setAll(shuffled, i -> rows[order[i]]);
      loaded.begin(shuffled);
      loaded.session().run(0, 1, BackendModel.set(0, 1, 2));
      loaded.session().run(0, 1, BackendModel.set(3, 4, 5, 6, 7, 8, 9));
      float[][] firstHalf = loaded.advance(1, LAYERS, 8, 1, 2, 3, 4);
      float[][] secondHalf = loaded.advance(1, LAYERS, 5, 6, 7, 0, 9);
      int[] ran = {8, 1, 2, 3, 4, 5, 6, 7, 0, 9};
      for (int i = 0; i < ran.length; i++) {
        float[] found = i < 5 ? firstHalf[i] : secondHalf[i - 5];
        assertArrayEquals(together[order[ran[i]]], found, 0f, "row " + order[ran[i]]);
      }
      for (int row = 0; row < rows.length; row++) {
        loaded.begin(rows[row]);
        assertArrayEquals(together[row], loaded.advance(0, LAYERS, 0)[0], 0f, row + " alone");
      }
    }
  }

  @Test
  void wavesOfOtherSessionsChangeNoBit() throws Exception {
    try (BackendModel loaded = open(directory)) {
      int[][] rows = loaded.randomRows(TestSeed.random(), LENGTHS);
      loaded.begin(rows);
      float[][] expected = loaded.advance(0, LAYERS, IntStream.range(0, rows.length).toArray());
      float[][][] found = new float[4][rows.length][];
      Thread[] threads = new Thread[found.length];
      for (int i = 0; i < threads.length; i++) {
        float[][] mine = found[i];
        int rotation = 3 * i;
        threads[i] = new Thread(() -> classifyRotated(loaded, rows, rotation, mine));
        threads[i].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      for (float[][] each : found) {
        for (int row = 0; row < rows.length; row++) {
          assertArrayEquals(expected[row], each[row], 0f, "row " + row);
        }
      }
    }
  }

  private static void classifyRotated(
      BackendModel loaded, int[][] rows, int rotation, float[][] found) {
    try (PrefillSession session = loaded.model().openPrefill()) {
      BackendModel mine =
          new BackendModel(
              loaded.directory(), loaded.heads(), loaded.tokenExits(), loaded.model(), session);
      int[][] rotated = new int[rows.length][];
      Arrays.setAll(rotated, i -> rows[(i + rotation) % rows.length]);
      mine.begin(rotated);
      int[] all = IntStream.range(0, rows.length).toArray();
      for (int layer = 0; layer < LAYERS; layer++) {
        mine.split(layer, all);
      }
      float[][] scores = mine.read(LAYERS, all);
      for (int i = 0; i < rows.length; i++) {
        found[(i + rotation) % rows.length] = scores[i];
      }
    }
  }

  @Test
  void aRowThatIsNotFiniteSpoilsNoOther(@TempDir Path damaged) throws IOException {
    TinyCheckpoint.qwen3().layers(LAYERS).positions(100).write(damaged);
    DamagedToken.write(damaged, 0);
    try (BackendModel loaded = open(damaged)) {
      int[][] rows = loaded.randomRows(TestSeed.random(), 70, 20, 3, 100, 41);
      for (int[] row : rows) {
        Arrays.setAll(row, t -> Math.max(1, row[t]));
      }
      int[] all = {0, 1, 2, 3, 4};
      loaded.begin(rows);
      float[][] expected = loaded.advance(0, LAYERS, all);
      rows[0][5] = 0;
      rows[3][99] = 0;
      for (int wave = 0; wave < 2; wave++) {
        loaded.begin(rows);
        float[][] found = loaded.advance(0, LAYERS, all);
        for (int row = 0; row < rows.length; row++) {
          if (row == 0 || row == 3) {
            assertTrue(Float.isNaN(found[row][0]), "row " + row);
          } else {
            assertArrayEquals(expected[row], found[row], 0f, "row " + row);
          }
        }
      }
    }
  }
}
