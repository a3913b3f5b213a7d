package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class NormsTest {
  private static final int ARENA = 90;
  private static final float EPSILON = 1e-5f;

  @BeforeAll
  static void needsADevice() {
    TestDevice.orSkip();
  }

  @ParameterizedTest(name = "{0} tokens of {1}, layer norm {2}")
  @CsvSource({"1, 1, 0", "7, 24, 0", "70, 64, 0", "3, 200, 0", "5, 24, 1", "64, 65, 1"})
  void everyTokenIsNormalized(int tokens, int width, int layer) {
    Random random = TestSeed.random();
    int weight = 1;
    int bias = layer == 1 ? 1 + width : -1;
    IntArray parameters = KernelRun.parameters(tokens, width, layer, weight, bias);
    IntArray slots = KernelRun.slots(random, tokens, ARENA);
    FloatArray hidden = KernelRun.random(random, ARENA * width);
    FloatArray vectors = KernelRun.random(random, 1 + 2 * width);
    vectors.set(Norms.EPSILON, EPSILON);
    FloatArray normed = new FloatArray(tokens * width);
    KernelRun.run(
        KernelRun.groups(tokens, Norms.GROUP),
        TaskPackage.createPackage(
            "kernel",
            Norms::normTokens,
            new KernelContext(),
            parameters,
            LaunchParameters.section(0),
            slots,
            hidden,
            vectors,
            normed));
    for (int i = 0; i < tokens; i++) {
      int from = slots.get(i) * width;
      double mean = 0;
      double squares = 0;
      for (int j = 0; j < width && layer == 1; j++) {
        mean += hidden.get(from + j) / (double) width;
      }
      for (int j = 0; j < width; j++) {
        squares += Math.pow(hidden.get(from + j) - mean, 2);
      }
      double scale = 1 / Math.sqrt(squares / width + EPSILON);
      for (int j = 0; j < width; j++) {
        double shift = bias < 0 ? 0 : vectors.get(bias + j);
        double expected = (hidden.get(from + j) - mean) * scale * vectors.get(weight + j) + shift;
        assertEquals(expected, normed.get(i * width + j), 1e-4, "token " + i);
      }
    }
  }
}
