package org.sparkadept.benchmarks.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;

class RidgeReadOutTest {
  private static final int INPUTS = 40;
  private static final int LABELS = 3;

  private Random random = TestSeed.random();

  /** The first inputs tell the label, the others nothing; behind them is what is not read. */
  private float[] state(int label, float told) {
    float[] state = new float[INPUTS + 1];
    for (int d = 0; d < state.length; d++) {
      state[d] = (float) random.nextGaussian() + (d == label ? told : 0);
    }
    state[INPUTS] = Float.NaN;
    return state;
  }

  private RidgeReadOut fitted(int rows, float told) {
    float[][] states = new float[rows][];
    int[] truths = new int[rows];
    for (int i = 0; i < rows; i++) {
      truths[i] = random.nextInt(LABELS);
      states[i] = state(truths[i], told);
    }
    return new RidgeReadOut(states, INPUTS, truths, LABELS);
  }

  @Test
  void otherRowsAreAnsweredAndUnknownLabelsNever() {
    RidgeReadOut readOut = fitted(300, 12);
    float[][] others = new float[100][];
    int[] truths = new int[100];
    for (int i = 0; i < others.length; i++) {
      others[i] = state(i % LABELS, 12);
      truths[i] = i < 25 ? -1 : i % LABELS;
    }
    assertEquals(0.75, readOut.accuracy(readOut.bestRidge(), others, truths));
  }

  /** With hardly more rows than inputs, little of the weights can be trusted; of many rows, all. */
  @Test
  void fewNoisyRowsAskForALargerRidge() {
    double few = 0;
    double many = 0;
    for (int seed = 0; seed < 10; seed++) {
      random = new Random(seed);
      few += fitted(60, 2).bestRidge();
      many += fitted(3000, 2).bestRidge();
    }
    assertTrue(few > many, few + " and " + many);
  }
}
