package org.sparkadept.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.BackendModel;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

/**
 * Every step may get no tokens: no rows, only class tokens, all tokens exited, or none. It then
 * changes nothing, and later results are those of the reference.
 */
class EmptyBatchTest {
  private static final float TOLERANCE = 1e-3f;
  private static final int LAYERS = 3;
  private static final RowSet NONE = RowSet.all(0);
  private static final float EXIT_NONE = 2f;
  private static final float EXIT_ALL = -1f;

  @TempDir Path directory;

  @BeforeEach
  void writeModel() throws IOException {
    TestDevice.orSkip();
    TinyCheckpoint.llama()
        .layers(LAYERS)
        .positions(40)
        .adept(TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(0.5, 1, 2))
        .write(directory);
  }

  @Test
  void stepsOfNoRowsChangeNothing() throws IOException {
    try (BackendModel reference = BackendModel.open(directory, "reference");
        BackendModel tested = BackendModel.open(directory, "tornadovm")) {
      int[][] rows = reference.randomRows(new Random(2), 30, 1, 7);
      reference.begin(rows);
      tested.begin(exits(tested, EXIT_ALL), new int[0][]);
      doNothing(tested, 0, 0);
      tested.begin(exits(tested, EXIT_ALL), rows);
      for (int layer = 0; layer < LAYERS; layer++) {
        doNothing(tested, layer, 38);
        reference.split(layer, 0, 1, 2);
        tested.split(layer, 0, 1, 2);
      }
      assertClose(reference.read(LAYERS, 0, 1, 2), tested.read(LAYERS, 0, 1, 2));
    }
  }

  private static void doNothing(BackendModel model, int layer, int tokens) {
    model.session().run(layer, layer + 1, NONE);
    model.split(layer);
    model.session().exitTokens(Math.min(layer, 1), NONE, new int[tokens]);
    model.session().readExit(model.heads().get(layer), NONE, new float[0]);
    model.session().readStates(NONE, new float[tokens * model.config().width()]);
  }

  private static TokenExits exits(BackendModel model, float threshold) {
    TokenExits own = model.tokenExits();
    return new TokenExits(own.policies(), threshold, own.mapper());
  }

  @Test
  void rowsOfTheClassTokenAloneHaveNoOtherTokens() throws IOException {
    assertSame(new int[] {1, 1, 1}, EXIT_ALL);
  }

  @Test
  void allTokensMayExit() throws IOException {
    assertSame(new int[] {30, 2, 9}, EXIT_ALL);
  }

  @Test
  void noTokenMayExit() throws IOException {
    assertSame(new int[] {30, 2, 9}, EXIT_NONE);
  }

  private void assertSame(int[] lengths, float threshold) throws IOException {
    int[] all = {0, 1, 2};
    try (BackendModel reference = BackendModel.open(directory, "reference");
        BackendModel tested = BackendModel.open(directory, "tornadovm")) {
      int[][] rows = reference.randomRows(new Random(5), lengths);
      int tokens = lengths[0] + lengths[1] + lengths[2];
      reference.begin(exits(reference, threshold), rows);
      tested.begin(exits(tested, threshold), rows);
      int[] expectedExits = new int[tokens];
      int[] foundExits = new int[tokens];
      for (int layer = 0; layer < LAYERS; layer++) {
        reference.split(layer, all);
        tested.split(layer, all);
        if (layer + 1 < LAYERS) {
          reference.session().exitTokens(layer, RowSet.all(3), expectedExits);
          tested.session().exitTokens(layer, RowSet.all(3), foundExits);
        }
        assertArrayEquals(expectedExits, foundExits, "after layer " + (layer + 1));
        assertClose(reference.read(layer + 1, all), tested.read(layer + 1, all));
      }
    }
  }

  private static void assertClose(float[][] expected, float[][] found) {
    for (int row = 0; row < expected.length; row++) {
      float largest = 0;
      for (float value : expected[row]) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertArrayEquals(expected[row], found[row], TOLERANCE * largest, "row " + row);
    }
  }
}
