package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.model.Formulas;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class RotaryEmbeddingTest {
  private static final int ARENA = 80;
  private static final int POSITIONS = 50;
  private static final float EPSILON = 1e-5f;

  @BeforeAll
  static void needsADevice() {
    TestDevice.orSkip();
  }

  @ParameterizedTest(name = "{0} tokens, {1} heads of {2}, norm {3}, rotary {4}, in place {5}")
  @CsvSource({
    "1, 1, 2, false, true, 0",
    "70, 3, 14, true, true, 1",
    "33, 4, 64, false, true, 1",
    "20, 2, 8, true, false, 0",
    "0, 2, 8, true, true, 0"
  })
  void everyHeadIsNormalizedAndRotated(
      int tokens, int heads, int headDim, boolean norm, boolean rotary, int bySlot) {
    Random random = TestSeed.random();
    int stride = heads * headDim + 5;
    IntArray parameters =
        KernelRun.parameters(tokens, heads, headDim, stride, norm ? 1 : -1, rotary ? 1 : 0, bySlot);
    IntArray slots = KernelRun.slots(random, tokens, ARENA);
    IntArray positions = new IntArray(Math.max(1, tokens));
    for (int i = 0; i < tokens; i++) {
      positions.set(i, random.nextInt(POSITIONS));
    }
    FloatArray x = KernelRun.random(random, ARENA * stride);
    FloatArray vectors = KernelRun.random(random, 1 + headDim);
    vectors.set(Norms.EPSILON, EPSILON);
    FloatArray table = KernelRun.random(random, POSITIONS * headDim);
    float[] weight = Arrays.copyOfRange(KernelRun.copy(vectors), 1, 1 + headDim);
    float[] expected = KernelRun.copy(x);
    for (int i = 0; i < tokens; i++) {
      for (int head = 0; head < heads; head++) {
        int from = (bySlot == 1 ? slots.get(i) : i) * stride + head * headDim;
        if (norm) {
          float[] normed = Formulas.rmsNorm(expected, from, headDim, weight, EPSILON);
          System.arraycopy(normed, 0, expected, from, headDim);
        }
        if (rotary) {
          int at = positions.get(i) * headDim;
          float[] angles = Arrays.copyOfRange(KernelRun.copy(table), at, at + headDim);
          float[] cos = Arrays.copyOf(angles, headDim / 2);
          float[] sin = Arrays.copyOfRange(angles, headDim / 2, headDim);
          Formulas.rotate(expected, from, cos, sin);
        }
      }
    }
    KernelRun.run(
        KernelRun.items(tokens * heads),
        TaskPackage.createPackage(
            "kernel",
            RotaryEmbedding::rotateHeads,
            new KernelContext(),
            parameters,
            LaunchParameters.section(0),
            slots,
            positions,
            x,
            vectors,
            table));
    for (int i = 0; i < expected.length; i++) {
      float tolerance = 1e-4f * (1 + Math.abs(expected[i]));
      assertEquals(expected[i], x.get(i), tolerance, "at " + i);
    }
  }
}
