package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class EmbeddingsTest {
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
  void tokensAreEmbedded(int tokens, int width, int learned, Precision precision) {
    TestDevice.withOrSkip(precision);
    Random random = TestSeed.random();
    IntArray parameters = KernelRun.parameters(tokens, width, learned);
    IntArray slots = KernelRun.slots(random, tokens, ARENA);
    IntArray positions = new IntArray(Math.max(1, tokens));
    IntArray ids = new IntArray(Math.max(1, tokens));
    IntArray exitLayers = new IntArray(ARENA);
    exitLayers.init(3);
    HalfFloatArray halves = KernelRun.randomHalves(random, VOCABULARY * width);
    boolean half = precision == Precision.F16;
    FloatArray embedding =
        half ? KernelRun.widened(halves) : KernelRun.random(random, VOCABULARY * width);
    FloatArray table = KernelRun.random(random, POSITIONS * width);
    FloatArray hidden = new FloatArray(ARENA * width);
    for (int i = 0; i < tokens; i++) {
      positions.set(i, random.nextInt(POSITIONS));
      ids.set(i, random.nextInt(VOCABULARY));
    }
    TaskPackage kernel =
        half
            ? TaskPackage.createPackage(
                "kernel",
                Embeddings::embedTokensHalf,
                new KernelContext(),
                parameters,
                LaunchParameters.section(0),
                slots,
                positions,
                ids,
                halves,
                table,
                hidden,
                exitLayers)
            : TaskPackage.createPackage(
                "kernel",
                Embeddings::embedTokens,
                new KernelContext(),
                parameters,
                LaunchParameters.section(0),
                slots,
                positions,
                ids,
                embedding,
                table,
                hidden,
                exitLayers);
    KernelRun.run(KernelRun.items(tokens * width), kernel);
    for (int i = 0; i < tokens; i++) {
      String where = "token " + i;
      for (int j = 0; j < width; j++) {
        float shift = learned == 1 ? table.get(positions.get(i) * width + j) : 0;
        float expected = embedding.get(ids.get(i) * width + j) + shift;
        assertEquals(expected, hidden.get(slots.get(i) * width + j), 1e-6, where);
      }
      assertEquals(0, exitLayers.get(slots.get(i)), where + " is active");
    }
    long untouched = IntStream.of(exitLayers.toHeapArray()).filter(exit -> exit == 3).count();
    assertEquals(ARENA - tokens, untouched, "tokens of other rows");
  }
}
