package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class TokenPoliciesTest {
  private static final int ARENA = 60;
  private static final float EPSILON = 1e-5f;

  @BeforeAll
  static void needsADevice() {
    TestDevice.orSkip();
  }

  @ParameterizedTest(name = "{0} tokens, width {1}, queries {2}, keys {3}")
  @CsvSource({"1, 1, 1, 1", "40, 24, 24, 8", "13, 130, 96, 70"})
  void everyTokenIsScored(int tokens, int width, int queryWidth, int keyWidth) {
    Random random = TestSeed.random();
    IntArray parameters = KernelRun.parameters(tokens, width, queryWidth, keyWidth, 2);
    IntArray slots = KernelRun.slots(random, tokens, ARENA);
    FloatArray savedStates = KernelRun.random(random, tokens * width);
    FloatArray hidden = KernelRun.random(random, ARENA * width);
    FloatArray queries = KernelRun.random(random, tokens * queryWidth);
    FloatArray keyValues = KernelRun.random(random, ARENA * 2 * keyWidth);
    FloatArray vectors = KernelRun.random(random, 2 + TokenFeatures.COUNT + 1);
    FloatArray classAttention = new FloatArray(ARENA);
    for (int token = 0; token < ARENA; token++) {
      classAttention.set(token, random.nextInt(4) == 0 ? 0 : random.nextFloat());
    }
    FloatArray preference = new FloatArray(ARENA);
    KernelRun.run(
        KernelRun.groups(tokens, TokenPolicies.GROUP),
        TaskPackage.createPackage(
            "kernel",
            TokenPolicies::scoreTokens,
            new KernelContext(),
            parameters,
            LaunchParameters.section(0),
            slots,
            savedStates,
            hidden,
            queries,
            keyValues,
            classAttention,
            vectors,
            preference));
    float[] policy = Arrays.copyOfRange(KernelRun.copy(vectors), 2, 2 + TokenFeatures.COUNT);
    TokenPolicy expected = new TokenPolicy(policy, vectors.get(2 + TokenFeatures.COUNT));
    double[] features = new double[TokenFeatures.COUNT];
    for (int i = 0; i < tokens; i++) {
      int token = slots.get(i);
      float[] kv = KernelRun.copy(keyValues);
      double[] squares = {
        TokenFeatures.squares(KernelRun.copy(queries), i * queryWidth, queryWidth),
        TokenFeatures.squares(kv, token * 2 * keyWidth, keyWidth),
        TokenFeatures.squares(kv, token * 2 * keyWidth + keyWidth, keyWidth)
      };
      TokenFeatures.fill(
          KernelRun.copy(savedStates),
          i * width,
          KernelRun.copy(hidden),
          token * width,
          width,
          squares,
          classAttention.get(token),
          features);
      float found = preference.get(token);
      assertEquals(expected.value(features), found, 1e-4, "token " + token);
    }
  }

  @ParameterizedTest(name = "{0} tokens of {1}, layer norm {2}")
  @CsvSource({"50, 24, 0", "9, 130, 1"})
  void tokensExitFromTheThresholdOn(int tokens, int width, int layer) {
    Random random = TestSeed.random();
    IntArray parameters = KernelRun.parameters(tokens, width, 0, 0, 0, layer);
    parameters.set(LaunchParameters.EXIT_LAYER, 4);
    IntArray slots = KernelRun.slots(random, tokens, ARENA);
    FloatArray threshold = FloatArray.fromElements(0.5f);
    FloatArray preference = new FloatArray(ARENA);
    for (int token = 0; token < ARENA; token++) {
      preference.set(token, random.nextInt(5) == 0 ? 0.5f : random.nextFloat());
    }
    preference.set(slots.get(0), Float.NaN);
    preference.set(slots.get(1), 0.5f);
    FloatArray vectors = FloatArray.fromElements(EPSILON);
    FloatArray hidden = KernelRun.random(random, ARENA * width);
    float[] old = KernelRun.copy(hidden);
    IntArray exitLayers = new IntArray(ARENA);
    IntArray exited = new IntArray(tokens);
    KernelRun.run(
        KernelRun.groups(tokens, TokenPolicies.GROUP),
        TaskPackage.createPackage(
            "kernel",
            TokenPolicies::exitTokens,
            new KernelContext(),
            parameters,
            LaunchParameters.section(0),
            slots,
            threshold,
            preference,
            vectors,
            hidden,
            exitLayers,
            exited));
    for (int i = 0; i < tokens; i++) {
      int token = slots.get(i);
      String where = "token " + i;
      boolean exits = preference.get(token) >= 0.5f;
      assertEquals(exits ? 1 : 0, exited.get(i), where);
      assertEquals(exits ? 4 : 0, exitLayers.get(token), where);
      float[] state = Arrays.copyOfRange(old, token * width, (token + 1) * width);
      double mean = 0;
      for (int j = 0; j < width && layer == 1; j++) {
        mean += state[j] / (double) width;
      }
      double squares = 0;
      for (float value : state) {
        squares += (value - mean) * (value - mean);
      }
      double scale = 1 / Math.sqrt(squares / width + EPSILON);
      for (int j = 0; j < width; j++) {
        double expected = exits ? (state[j] - mean) * scale : state[j];
        assertEquals(expected, hidden.get(token * width + j), 1e-4, where);
      }
    }
    assertTrue(exited.get(1) == 1 && exited.get(0) == 0, "a preference at the threshold, and none");
  }
}
