package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.compute.WeightPrecision;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class RowsTest {
  private static final int ARENA = 90;
  private static final int VOCABULARY = 40;
  private static final int POSITIONS = 30;

  @BeforeAll
  static void needsADevice() {
    TestDevice.orSkip();
  }

  @ParameterizedTest(name = "{0} tokens of {1}, learned positions {2}, {3}")
  @CsvSource({
    "1, 1, 0, F32", "70, 24, 0, F32", "33, 65, 1, F32", "0, 24, 0, F32",
    "1, 1, 0, F16", "70, 24, 0, F16", "33, 65, 1, F16", "0, 24, 0, F16"
  })
  void tokensAreEmbedded(int tokens, int width, int learned, WeightPrecision precision) {
    TestDevice.withOrSkip(precision);
    Random random = TestSeed.random();
    IntArray call = KernelRun.call(tokens, width, learned);
    IntArray places = KernelRun.places(random, tokens, ARENA);
    IntArray positions = new IntArray(Math.max(1, tokens));
    IntArray ids = new IntArray(Math.max(1, tokens));
    IntArray leftAfter = new IntArray(ARENA);
    leftAfter.init(3);
    HalfFloatArray halves = KernelRun.randomHalves(random, VOCABULARY * width);
    boolean halved = precision == WeightPrecision.F16;
    FloatArray embedding =
        halved ? KernelRun.widened(halves) : KernelRun.random(random, VOCABULARY * width);
    FloatArray table = KernelRun.random(random, POSITIONS * width);
    FloatArray hidden = new FloatArray(ARENA * width);
    for (int i = 0; i < tokens; i++) {
      positions.set(i, random.nextInt(POSITIONS));
      ids.set(i, random.nextInt(VOCABULARY));
    }
    WorkerGrid grid = KernelRun.items(tokens * width);
    if (halved) {
      KernelRun.run(
          grid,
          (graph, context) ->
              graph.task(
                  "kernel",
                  Rows::embedTokensByHalves,
                  context,
                  call,
                  Call.section(0),
                  places,
                  positions,
                  ids,
                  halves,
                  table,
                  hidden,
                  leftAfter),
          call,
          places,
          positions,
          ids,
          halves,
          table,
          hidden,
          leftAfter);
    } else {
      KernelRun.run(
          grid,
          (graph, context) ->
              graph.task(
                  "kernel",
                  Rows::embedTokens,
                  context,
                  call,
                  Call.section(0),
                  places,
                  positions,
                  ids,
                  embedding,
                  table,
                  hidden,
                  leftAfter),
          call,
          places,
          positions,
          ids,
          embedding,
          table,
          hidden,
          leftAfter);
    }
    for (int i = 0; i < tokens; i++) {
      String where = "token " + i;
      for (int j = 0; j < width; j++) {
        float shift = learned == 1 ? table.get(positions.get(i) * width + j) : 0;
        float expected = embedding.get(ids.get(i) * width + j) + shift;
        assertEquals(expected, hidden.get(places.get(i) * width + j), 1e-6, where);
      }
      assertEquals(0, leftAfter.get(places.get(i)), where + " has not left");
    }
    long untouched = IntStream.of(leftAfter.toHeapArray()).filter(left -> left == 3).count();
    assertEquals(ARENA - tokens, untouched, "tokens of other rows");
  }

  @ParameterizedTest(name = "{0} tokens of {1}")
  @CsvSource({"1, 1", "70, 24", "0, 5"})
  void statesAreGathered(int tokens, int width) {
    Random random = new Random(tokens);
    IntArray call = KernelRun.call(tokens, width);
    IntArray places = KernelRun.places(random, tokens, ARENA);
    FloatArray hidden = KernelRun.random(random, ARENA * width);
    FloatArray gathered = new FloatArray((tokens + 1) * width);
    KernelRun.run(
        KernelRun.items(tokens * width),
        (graph, context) ->
            graph.task(
                "kernel",
                Rows::gatherTokens,
                context,
                call,
                Call.section(0),
                places,
                hidden,
                gathered),
        call,
        places,
        hidden,
        gathered);
    for (int i = 0; i < tokens * width; i++) {
      float expected = hidden.get(places.get(i / width) * width + i % width);
      assertEquals(expected, gathered.get(i), "at " + i);
    }
    assertEquals(0, gathered.get(tokens * width), "behind the last");
  }
}
