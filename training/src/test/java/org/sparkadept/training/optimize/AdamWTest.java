package org.sparkadept.training.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.tensor.HalfPrecision;
import org.sparkadept.training.TinyBackbone;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.Decoder;
import org.sparkadept.training.model.ExitPlan;
import org.sparkadept.training.model.Weight;
import org.sparkadept.training.torch.Precision;

class AdamWTest {
  private static final Optimization SETTINGS =
      new Optimization(1, 1, 8, 512, 1e-2, 3e-2, 0.1, 0.1, 0.5, 0, 0);

  @TempDir private Path folder;

  private final Engine engine = TinyBackbone.engine();
  private final Random random = TestSeed.random();

  /** Weights and moments as one element after the other gives them in double precision. */
  private static final class Plain {
    private final double[] weight;
    private final double[] mean;
    private final double[] variance;

    Plain(Weight from) {
      weight = new double[from.size()];
      mean = new double[from.size()];
      variance = new double[from.size()];
      for (int i = 0; i < weight.length; i++) {
        weight[i] = from.exact().get(i);
      }
    }

    void step(double[] gradient, int step, double rate, double scale, double decay) {
      for (int i = 0; i < weight.length; i++) {
        double g = gradient[i] * scale;
        mean[i] = 0.9 * mean[i] + 0.1 * g;
        variance[i] = 0.98 * variance[i] + 0.02 * g * g;
        double m = mean[i] / (1 - Math.pow(0.9, step));
        double v = variance[i] / (1 - Math.pow(0.98, step));
        // The constant is added before the second moment is corrected, as PyTorch does not.
        double epsilon = 1e-8 / Math.sqrt(1 - Math.pow(0.98, step));
        weight[i] -= rate * (decay * weight[i] + m / (Math.sqrt(v) + epsilon));
      }
    }
  }

  @Test
  void stepsAsWrittenDownInSinglePrecision() throws IOException {
    compare(Precision.F32);
  }

  @Test
  void stepsAsWrittenDownWithRoundedCopies() throws IOException {
    compare(Precision.BF16);
  }

  private void compare(Precision precision) throws IOException {
    // A width above a block's elements, so that a weight is updated in parts.
    Path model = TinyCheckpoint.llama().mlpWidth(401).seed(random.nextLong()).write(folder);
    Batch batch = Batch.of(TinyBackbone.rows(6, random));
    try (ModelDirectory directory = ModelDirectory.openBackbone(model);
        Decoder decoder =
            TinyBackbone.decoder(
                directory,
                new ExitPlan(List.of(1, 2), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, true),
                precision)) {
      TinyBackbone.randomize(decoder, random);
      List<Weight> weights = decoder.weights().trained();
      Map<String, Plain> plain = new HashMap<>();
      weights.forEach(weight -> plain.put(weight.name(), new Plain(weight)));
      AdamW optimizer = new AdamW(SETTINGS);
      for (int step = 1; step <= 3; step++) {
        try (NDManager scope = engine.newBaseManager()) {
          backward(decoder, scope, batch, 1);
          double norm = step(weights, plain, step);
          assertEquals(norm, optimizer.step(weights, step, 0.7), 1e-4 * norm);
        }
        for (Weight weight : weights) {
          for (int i = 0; i < weight.size(); i++) {
            float value = weight.exact().get(i);
            assertEquals(plain.get(weight.name()).weight[i], value, 2e-4, weight.name());
            if (weight.isHalf()) {
              assertEquals(HalfPrecision.toBf16(value), weight.rounded().get(i), weight.name());
            }
          }
        }
      }
    }
  }

  /** The plain step; returns the gradient's norm before clipping. */
  private static double step(List<Weight> weights, Map<String, Plain> plain, int step) {
    Map<String, double[]> gradients = new HashMap<>();
    double squares = 0;
    for (Weight weight : weights) {
      double[] gradient = new double[weight.size()];
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] =
            weight.isHalf()
                ? HalfPrecision.fromBf16(weight.gradient().asShortBuffer().get(i))
                : weight.gradient().asFloatBuffer().get(i);
        squares += gradient[i] * gradient[i];
      }
      gradients.put(weight.name(), gradient);
    }
    double norm = Math.sqrt(squares);
    double scale = Math.min(1, 0.5 / norm);
    for (Weight weight : weights) {
      double rate = 0.7 * (weight.isHead() ? 3e-2 : 1e-2);
      double decay = weight.shape().dimension() > 1 ? 0.1 : 0;
      plain.get(weight.name()).step(gradients.get(weight.name()), step, rate, scale, decay);
    }
    return norm;
  }

  @Test
  void aGradientThatIsNotFiniteIsToldAndChangesNothing() throws IOException {
    Path model = TinyCheckpoint.llama().seed(random.nextLong()).write(folder);
    Batch batch = Batch.of(TinyBackbone.rows(2, random));
    try (ModelDirectory directory = ModelDirectory.openBackbone(model);
        NDManager scope = engine.newBaseManager();
        Decoder decoder =
            TinyBackbone.decoder(
                directory,
                new ExitPlan(List.of(1), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false),
                Precision.F32)) {
      TinyBackbone.randomize(decoder, random);
      Weight first = decoder.weights().trained().get(0);
      float before = first.exact().get(0);
      backward(decoder, scope, batch, Float.NaN);
      AdamW optimizer = new AdamW(SETTINGS);
      AdeptException thrown =
          assertThrows(
              AdeptException.class, () -> optimizer.step(decoder.weights().trained(), 4, 1));
      assertTrue(thrown.getMessage().contains("step 4"), thrown.getMessage());
      assertEquals(before, first.exact().get(0));
    }
  }

  private void backward(Decoder decoder, NDManager scope, Batch batch, float factor) {
    try (GradientCollector collector = engine.newGradientCollector()) {
      NDArray logits = decoder.forward(scope, batch, new Decoder.Mode(true, false));
      collector.backward(logits.square().sum().mul(scope.create(factor)));
    }
  }
}
