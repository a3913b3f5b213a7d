package org.sparkadept.decoder.compute.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.model.AttentionConfig;
import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;

/** Against the formula in double precision, on fresh random input. */
class ClassTokenAttentionTest {
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @CsvSource({
    "4,2,8,0,0",
    "8,2,32,0,0",
    "6,2,6,0,0",
    "3,3,2,0,2",
    "5,1,18,0,0.5",
    "4,2,8,5,0",
    "2,1,12,100,3"
  })
  void matchesTheFormula(int heads, int kvHeads, int headDim, int window, float softCap) {
    Random random = TestSeed.random();
    float scale = random.nextFloat(0.1f, 1);
    AttentionConfig config =
        new AttentionConfig(heads, kvHeads, headDim, scale, softCap, QueryKeyNorm.NONE, List.of());
    OneDnn.useOneThread();
    int stride = 2 * kvHeads * headDim;
    for (int position : new int[] {70, 0, 4, 5, 16, 33}) {
      float[] keyValues = floats(random, (position + 1) * stride);
      // The second of two queries of a tile.
      float[] queries = floats(random, 2 * heads * headDim);
      float[] results = new float[queries.length];
      float[] found = new float[position + 3];
      int query = heads * headDim;
      try (ClassTokenAttention attention = new ClassTokenAttention(config);
          FloatPointer memory = new FloatPointer(keyValues);
          FloatPointer asked = new FloatPointer(queries);
          FloatPointer seen = new FloatPointer(results)) {
        attention.apply(asked.getPointer(query), memory, position, window, seen.getPointer(query));
        seen.get(results);
        attention.readWeights(found, 2);
      }

      double[] meanWeights = new double[position + 1];
      for (int head = 0; head < heads; head++) {
        int column = head / (heads / kvHeads) * headDim;
        int at = query + head * headDim;
        double[] weights =
            weights(queries, at, keyValues, column, stride, config, position, window);
        for (int d = 0; d < headDim; d++) {
          double expected = 0;
          for (int key = 0; key <= position; key++) {
            expected += weights[key] * keyValues[key * stride + stride / 2 + column + d];
          }
          assertEquals(expected, results[at + d], TOLERANCE);
        }
        for (int key = 0; key <= position; key++) {
          meanWeights[key] += weights[key] / heads;
        }
      }
      for (int key = 0; key <= position; key++) {
        assertEquals(meanWeights[key], found[2 + key], TOLERANCE);
      }
    }
  }

  private static double[] weights(
      float[] queries,
      int query,
      float[] keyValues,
      int column,
      int stride,
      AttentionConfig config,
      int position,
      int window) {
    double[] weights = new double[position + 1];
    double sum = 0;
    for (int key = window > 0 ? Math.max(0, position - window + 1) : 0; key <= position; key++) {
      double product = 0;
      for (int d = 0; d < config.headDim(); d++) {
        product += (double) queries[query + d] * keyValues[key * stride + column + d];
      }
      double score = config.scale() * product;
      float cap = config.softCap();
      weights[key] = Math.exp(cap == 0 ? score : cap * Math.tanh(score / cap));
      sum += weights[key];
    }
    for (int key = 0; key <= position; key++) {
      weights[key] /= sum;
    }
    return weights;
  }

  private static float[] floats(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
