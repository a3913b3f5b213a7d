package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.MapperCorrection;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.fit.MapperSums;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.tensor.Matrix;

/** Reduced-rank ridge regression beside brute force on the rows themselves. */
class MapperSolverTest {
  private static final int WIDTH = 60;
  private static final int OUTPUTS = 48;
  private static final int TOKENS = 3000;

  /** The smallest ρ that the solver tries: little noise, and many tokens, ask for it. */
  private static final double RIDGE = 1e-4;

  @TempDir Path directory;

  private Random random;
  private ModelConfig config;
  private LinearTensors copy;

  /** Tokens {@code x [tokens][width]} and what is wanted of them, {@code y [tokens][outputs]}. */
  private record Sample(double[][] x, double[][] y) {}

  @BeforeEach
  void makeModel() throws IOException {
    random = TestSeed.random();
    TinyCheckpoint.llama().width(WIDTH).heads(4, 2, 12).layers(2).write(directory);
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      config = opened.config();
    }
    assertEquals(OUTPUTS, 2 * config.keyWidth());
    copy =
        new LinearTensors(
            Matrix.of("copy", OUTPUTS, WIDTH, narrow(gaussian(OUTPUTS * WIDTH, 0.2))),
            narrow(gaussian(OUTPUTS, 0.5)));
  }

  private double[] gaussian(int size, double scale) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = scale * random.nextGaussian();
    }
    return values;
  }

  private static float[] narrow(double[] values) {
    return Floats.narrow(values, 0, values.length);
  }

  /** {@code y = copy(x) + truth·x + offset + noise}; elements of x differ in size and mean. */
  private Sample sample(double[][] truth, double[] offset, double noise) {
    float[] weight = new float[OUTPUTS * WIDTH];
    copy.weight().read(0, OUTPUTS, weight, 0);
    Sample sample = new Sample(new double[TOKENS][WIDTH], new double[TOKENS][OUTPUTS]);
    for (int t = 0; t < TOKENS; t++) {
      for (int i = 0; i < WIDTH; i++) {
        sample.x[t][i] = 0.3 + random.nextGaussian() / (1 + i % 5);
      }
      for (int o = 0; o < OUTPUTS; o++) {
        double y = copy.bias()[o] + offset[o] + noise * random.nextGaussian();
        for (int i = 0; i < WIDTH; i++) {
          y += (weight[o * WIDTH + i] + truth[o][i]) * sample.x[t][i];
        }
        sample.y[t][o] = y;
      }
    }
    return sample;
  }

  /** A random matrix {@code [outputs][width]} of a rank, with singular values that fall off. */
  private double[][] ofRank(int rank) {
    double[][] product = new double[OUTPUTS][WIDTH];
    for (int k = 0; k < rank; k++) {
      double[] left = gaussian(OUTPUTS, 0.5 / (1 + 0.2 * k));
      double[] right = gaussian(WIDTH, 0.5);
      for (int o = 0; o < OUTPUTS; o++) {
        for (int i = 0; i < WIDTH; i++) {
          product[o][i] += left[o] * right[i];
        }
      }
    }
    return product;
  }

  private MapperSums sums(Sample sample) {
    int n = WIDTH + 1;
    double[] gram = new double[n * n];
    double[] cross = new double[n * OUTPUTS];
    double squares = 0;
    for (int t = 0; t < sample.x.length; t++) {
      for (int i = 0; i < n; i++) {
        double x = i < WIDTH ? sample.x[t][i] : 1;
        for (int j = 0; j < n; j++) {
          gram[i * n + j] += x * (j < WIDTH ? sample.x[t][j] : 1);
        }
        for (int o = 0; o < OUTPUTS; o++) {
          cross[i * OUTPUTS + o] += x * sample.y[t][o];
        }
      }
      for (int o = 0; o < OUTPUTS; o++) {
        squares += sample.y[t][o] * sample.y[t][o];
      }
    }
    MapperSums sums = new MapperSums(1, 2, config);
    sums.addInputs(narrow(gram));
    sums.addOutputs(2, narrow(cross), squares);
    return sums;
  }

  private MapperCandidates solve(Sample fit, Sample held) {
    return new MapperSolver(sums(fit), sums(held), layer -> copy).solve().get(0);
  }

  /** The relative error of a correction on tokens, from its definition. */
  private double error(MapperCorrection correction, Sample sample) {
    float[] weight = new float[OUTPUTS * WIDTH];
    copy.weight().read(0, OUTPUTS, weight, 0);
    double[] whole = new double[weight.length];
    float[] bias = correction == null ? copy.bias() : correction.bias();
    for (int at = 0; at < whole.length; at++) {
      int o = at / WIDTH;
      int i = at % WIDTH;
      whole[at] = weight[at];
      if (correction != null && correction.up() == null) {
        whole[at] += correction.down()[at];
      } else if (correction != null) {
        int rank = correction.up().length / OUTPUTS;
        for (int k = 0; k < rank; k++) {
          double factor = correction.up()[o * rank + k];
          whole[at] += factor * correction.down()[k * WIDTH + i];
        }
      }
    }
    double squares = 0;
    double size = 0;
    for (int t = 0; t < sample.x.length; t++) {
      for (int o = 0; o < OUTPUTS; o++) {
        double difference = bias[o] - sample.y[t][o];
        for (int i = 0; i < WIDTH; i++) {
          difference += whole[o * WIDTH + i] * sample.x[t][i];
        }
        squares += difference * difference;
        size += sample.y[t][o] * sample.y[t][o];
      }
    }
    return Math.sqrt(squares / size);
  }

  @Test
  void theErrorsAreThoseOfTheCorrectionsOnTheTokensKeptApart() {
    double[][] truth = ofRank(OUTPUTS);
    double[] offset = gaussian(OUTPUTS, 1);
    Sample held = sample(truth, offset, 0.1);
    MapperCandidates found = solve(sample(truth, offset, 0.1), held);
    assertArrayEquals(new int[] {0, 16, OUTPUTS}, found.ranks());
    assertNull(found.correction(0));
    for (int i = 0; i < found.ranks().length; i++) {
      assertEquals(error(found.correction(i), held), found.errors()[i], 1e-3);
    }
    assertTrue(found.errors()[1] < found.errors()[0] && found.errors()[2] < found.errors()[1]);
  }

  @Test
  void theCorrectionOfARankIsTheBestOneThatBruteForceFinds() {
    double[][] truth = ofRank(OUTPUTS);
    double[] offset = gaussian(OUTPUTS, 1);
    Sample fit = sample(truth, offset, 0.1);
    Sample held = sample(truth, offset, 0.1);
    MapperCandidates found = solve(fit, held);
    BruteForce brute = BruteForce.of(fit.x, residuals(fit), RIDGE);
    for (int i = 1; i < found.ranks().length; i++) {
      MapperCorrection best = brute.correction(found.ranks()[i], copy.bias());
      assertEquals(error(best, fit), error(found.correction(i), fit), 1e-3);
      assertEquals(error(best, held), error(found.correction(i), held), 1e-3);
    }
  }

  private double[][] residuals(Sample sample) {
    float[] weight = new float[OUTPUTS * WIDTH];
    copy.weight().read(0, OUTPUTS, weight, 0);
    double[][] residuals = new double[sample.x.length][OUTPUTS];
    for (int t = 0; t < residuals.length; t++) {
      for (int o = 0; o < OUTPUTS; o++) {
        residuals[t][o] = sample.y[t][o] - copy.bias()[o];
        for (int i = 0; i < WIDTH; i++) {
          residuals[t][o] -= weight[o * WIDTH + i] * sample.x[t][i];
        }
      }
    }
    return residuals;
  }

  @Test
  void theSmallestRankThatDoesIsTaken() {
    double[][] truth = ofRank(5);
    double[] offset = gaussian(OUTPUTS, 1);
    MapperCandidates found = solve(sample(truth, offset, 0.3), sample(truth, offset, 0.3));
    assertArrayEquals(new int[] {0, 16}, found.ranks());
    assertNull(found.whole());
    assertEquals(16 * OUTPUTS, found.up().length);
  }

  @Test
  void aCopyThatIsRightStays() {
    double[][] none = new double[OUTPUTS][WIDTH];
    double[] noOffset = new double[OUTPUTS];
    for (double noise : new double[] {0, 0.5}) {
      MapperCandidates found = solve(sample(none, noOffset, noise), sample(none, noOffset, noise));
      assertArrayEquals(new int[] {0}, found.ranks());
    }
  }
}
