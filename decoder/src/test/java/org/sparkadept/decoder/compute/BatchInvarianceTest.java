package org.sparkadept.decoder.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.DamagedToken;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyFamilies;

/** A row's logits are the same to the last bit alone, in any batch and in any order. */
class BatchInvarianceTest {
  private static final int LAYERS = 3;

  @TempDir Path directory;

  static Stream<Arguments> modelsAndBackends() {
    return Stream.of(
        Arguments.of("reference", TinyCheckpoint.llama()),
        Arguments.of("cpu", TinyCheckpoint.llama()),
        Arguments.of("cpu", TinyFamilies.granite()),
        Arguments.of("cpu", TinyFamilies.gemma2()),
        Arguments.of("cpu", TinyFamilies.olmo2()),
        Arguments.of("cpu", TinyFamilies.modernBert()));
  }

  @ParameterizedTest
  @MethodSource("modelsAndBackends")
  void neighboursChangeNoBit(String backend, TinyCheckpoint checkpoint) throws IOException {
    checkpoint
        .layers(LAYERS)
        .width(64)
        .heads(4, 2, 16)
        .mlpWidth(96)
        .seed(TestSeed.value())
        .positions(200)
        .adept(means())
        .write(directory);
    try (BackendModel loaded = BackendModel.open(directory, backend)) {
      int[][] rows = loaded.randomRows(TestSeed.random(), 70, 1, 33, 129, 8, 64, 200, 16, 5, 90);
      loaded.begin(rows);
      int[] all = IntStream.range(0, rows.length).toArray();
      float[][] together = loaded.advance(0, LAYERS, all);

      int[] order = {6, 2, 9, 0, 5, 1, 8, 3, 7, 4};
      int[][] shuffled = new int[order.length][];
      for (int i = 0; i < order.length; i++) {
        shuffled[i] = rows[order[i]];
      }
      loaded.begin(shuffled);
      float[][] firstHalf = loaded.advance(0, LAYERS, 0, 1, 2, 3, 4);
      float[][] secondHalf = loaded.advance(0, LAYERS, 5, 6, 7, 8, 9);

      for (int i = 0; i < order.length; i++) {
        String where = "row " + order[i];
        assertArrayEquals(together[order[i]], i < 5 ? firstHalf[i] : secondHalf[i - 5], 0f, where);
        loaded.begin(new int[][] {shuffled[i]});
        assertArrayEquals(
            together[order[i]], loaded.advance(0, LAYERS, 0)[0], 0f, where + " alone");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void neighboursChangeNoBitWithTheClassTokenFirst(String backend) throws IOException {
    TinyCheckpoint.llama()
        .layers(LAYERS)
        .heads(6, 2, 8)
        .seed(TestSeed.value())
        .positions(200)
        .adept(means())
        .write(directory);
    try (BackendModel loaded = BackendModel.open(directory, backend)) {
      int[] lengths = TestSeed.random().ints(150, 1, 12).toArray();
      lengths[7] = 200;
      int[][] rows = loaded.randomRows(TestSeed.random(), lengths);
      int[] all = IntStream.range(0, rows.length).toArray();
      loaded.begin(rows);
      float[][] together = splitLayers(loaded, all);

      loaded.begin(rows);
      for (int layer = 0; layer < LAYERS; layer++) {
        loaded.average(layer, new RowSet(all, 60, rows.length));
        loaded.average(layer, new RowSet(all, 0, 60));
        loaded.session().runClassTokens(layer, new RowSet(all, 0, 41));
        loaded.session().runClassTokens(layer, new RowSet(all, 41, rows.length));
        loaded.session().runOtherTokens(layer, RowSet.all(rows.length));
      }
      float[][] apart = loaded.read(LAYERS, all);

      for (int row = 0; row < rows.length; row++) {
        String where = "row " + row;
        assertArrayEquals(together[row], apart[row], 0f, where);
        loaded.begin(new int[][] {rows[row]});
        assertArrayEquals(together[row], splitLayers(loaded, 0)[0], 0f, where + " alone");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void survivorsGoOnAsIfNoRowHadExited(String backend) throws IOException {
    TinyCheckpoint.qwen3().layers(LAYERS).seed(TestSeed.value()).positions(100).write(directory);
    try (BackendModel loaded = BackendModel.open(directory, backend)) {
      int[][] rows = loaded.randomRows(TestSeed.random(), 70, 20, 3, 100, 41);
      loaded.begin(rows);
      float[][] whole = loaded.advance(0, LAYERS, 0, 1, 2, 3, 4);

      loaded.begin(rows);
      loaded.session().run(0, 1, BackendModel.set(0, 1, 2));
      loaded.session().run(0, 1, BackendModel.set(3, 4));
      float[][] merged = loaded.advance(1, LAYERS, 4, 1);
      assertArrayEquals(whole[4], merged[0], 0f);
      assertArrayEquals(whole[1], merged[1], 0f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void aRowThatIsNotFiniteSpoilsNoOther(String backend) throws IOException {
    TinyCheckpoint.llama().layers(LAYERS).positions(100).write(directory);
    Random random = new Random(2);
    int[] all = {0, 1, 2, 3, 4};
    int[][] rows;
    float[][] expected;
    try (BackendModel loaded = BackendModel.open(directory, backend)) {
      rows = loaded.randomRows(random, 70, 20, 3, 100, 41);
      for (int[] row : rows) {
        Arrays.setAll(row, t -> Math.max(1, row[t]));
      }
      loaded.begin(rows);
      expected = splitLayers(loaded, all);
    }
    DamagedToken.write(directory, 0);
    rows[0][5] = 0;
    rows[3][99] = 0;
    try (BackendModel loaded = BackendModel.open(directory, backend)) {
      for (int wave = 0; wave < 2; wave++) {
        loaded.begin(rows);
        float[][] found = splitLayers(loaded, all);
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

  /** An exit whose head reads the mean of the other tokens; tokens exit before. */
  private static TinyAdept means() {
    return TinyAdept.of("adept", 0.5, 1, LAYERS)
        .withLabels("a", "b", "c")
        .withTokenExits(0.5, 1)
        .withMeans(LAYERS);
  }

  private static float[][] splitLayers(BackendModel loaded, int... rows) {
    for (int layer = 0; layer < LAYERS; layer++) {
      loaded.split(layer, rows);
    }
    return loaded.read(LAYERS, rows);
  }
}
