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

/** Attention of random queries anywhere in ragged rows. */
class AttentionTest {
  private static final int[] LENGTHS = {1, 2, 63, 64, 65, 130, 5, 17};

  @BeforeAll
  static void needsADevice() {
    TestDevice.orSkip();
  }

  private static final class Case {
    final int heads;
    final int queriesPerKey;
    final int headDim;
    final int window;
    final int keyWidth;
    final IntArray tokens;
    final IntArray positions;
    final IntArray parameters;
    final FloatArray queries;
    final FloatArray keyValues;
    final int arena;
    final int[] starts = new int[LENGTHS.length];

    /** Every class token, and {@code others} more queries. */
    Case(Random random, int others, int heads, int kvHeads, int headDim, int window) {
      this.heads = heads;
      this.headDim = headDim;
      this.window = window;
      queriesPerKey = heads / kvHeads;
      keyWidth = kvHeads * headDim;
      int end = random.nextInt(4);
      for (int row = 0; row < starts.length; row++) {
        starts[row] = end;
        end += LENGTHS[row] + random.nextInt(3);
      }
      arena = end;
      int count = starts.length + others;
      tokens = new IntArray(count);
      positions = new IntArray(count);
      for (int i = 0; i < count; i++) {
        int row = i < starts.length ? i : random.nextInt(starts.length);
        int position = i < starts.length ? LENGTHS[row] - 1 : random.nextInt(LENGTHS[row]);
        tokens.set(i, starts[row] + position);
        positions.set(i, position);
      }
      parameters = KernelRun.parameters(count, heads, queriesPerKey, headDim, keyWidth, window);
      queries = KernelRun.random(random, count * heads * headDim);
      keyValues = KernelRun.random(random, arena * 2 * keyWidth);
    }

    /**
     * {@code softmax} over the keys in the query's window, by position; other keys have weight 0.
     */
    double[] weights(int query, int head) {
      int position = positions.get(query);
      int start = tokens.get(query) - position;
      int first = window > 0 ? Math.max(0, position - window + 1) : 0;
      double[] weights = new double[position + 1];
      double sum = 0;
      for (int key = first; key <= position; key++) {
        double dot = 0;
        for (int i = 0; i < headDim; i++) {
          int column = head / queriesPerKey * headDim + i;
          dot +=
              (double) queries.get((query * heads + head) * headDim + i)
                  * keyValues.get((start + key) * 2 * keyWidth + column);
        }
        weights[key] = Math.exp(dot / Math.sqrt(headDim));
        sum += weights[key];
      }
      for (int key = 0; key <= position; key++) {
        weights[key] /= sum;
      }
      return weights;
    }
  }

  @ParameterizedTest(name = "{1} heads queriesPerKey {2} of {3}, window {4}")
  @CsvSource({"40, 6, 2, 4, 0", "20, 4, 4, 64, 0", "30, 3, 1, 72, 5", "0, 2, 1, 14, 64"})
  void everyQueryAttendsToTheTokensBeforeIt(
      int others, int heads, int kvHeads, int headDim, int window) {
    Case it = new Case(TestSeed.random(), others, heads, kvHeads, headDim, window);
    FloatArray output = new FloatArray(it.queries.getSize());
    KernelRun.run(
        KernelRun.groups(it.tokens.getSize() * heads, Attention.GROUP),
        TaskPackage.createPackage(
            "kernel",
            Attention::attendTokens,
            new KernelContext(),
            it.parameters,
            LaunchParameters.section(0),
            it.tokens,
            it.positions,
            it.queries,
            it.keyValues,
            output));
    for (int query = 0; query < it.tokens.getSize(); query++) {
      int start = it.tokens.get(query) - it.positions.get(query);
      for (int head = 0; head < heads; head++) {
        double[] weights = it.weights(query, head);
        for (int i = 0; i < headDim; i++) {
          double expected = 0;
          for (int key = 0; key < weights.length; key++) {
            int at =
                (start + key) * 2 * it.keyWidth + it.keyWidth + head / it.queriesPerKey * headDim;
            expected += weights[key] * it.keyValues.get(at + i);
          }
          float found = output.get((query * heads + head) * headDim + i);
          assertEquals(expected, found, 1e-4, "query " + query);
        }
      }
    }
  }

  @ParameterizedTest(name = "{0} heads queriesPerKey {1} of {2}, window {3}")
  @CsvSource({"6, 2, 4, 0", "3, 1, 72, 5"})
  void theClassTokensAttentionIsAveragedOverHeads(int heads, int kvHeads, int headDim, int window) {
    Random random = TestSeed.random();
    Case it = new Case(random, 0, heads, kvHeads, headDim, window);
    FloatArray classAttention = KernelRun.random(random, it.arena);
    float[] expected = KernelRun.copy(classAttention);
    for (int row = 0; row < LENGTHS.length; row++) {
      for (int key = 0; key < LENGTHS[row]; key++) {
        expected[it.starts[row] + key] = 0;
      }
      for (int head = 0; head < heads; head++) {
        double[] weights = it.weights(row, head);
        for (int key = 0; key < weights.length; key++) {
          expected[it.starts[row] + key] += (float) (weights[key] / heads);
        }
      }
    }
    KernelRun.run(
        KernelRun.groups(LENGTHS.length, Attention.GROUP),
        TaskPackage.createPackage(
            "kernel",
            Attention::classTokenAttention,
            new KernelContext(),
            it.parameters,
            LaunchParameters.section(0),
            it.tokens,
            it.positions,
            it.queries,
            it.keyValues,
            classAttention));
    for (int token = 0; token < it.arena; token++) {
      assertEquals(expected[token], classAttention.get(token), 1e-5, "token " + token);
    }
  }
}
