package org.sparkadept.training.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.training.TinyModel;
import org.sparkadept.training.data.EncodedRow;

class DecoderTest {
  private static final ModelShape SHAPE = TinyModel.SHAPE;

  private final NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
  private final Weights weights = Weights.initial(manager, SHAPE, 1);
  private final List<EncodedRow> rows = TinyModel.rows(5, 2);

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void aRowIsComputedAloneAsInABatch() {
    float[] batch = logits(weights, rows);
    for (int row = 0; row < rows.size(); row++) {
      float[] alone = logits(weights, rows.subList(row, row + 1));
      for (int exit = 0; exit < SHAPE.layers(); exit++) {
        int begin = (exit * rows.size() + row) * SHAPE.labels();
        float[] inBatch = Arrays.copyOfRange(batch, begin, begin + SHAPE.labels());
        int end = (exit + 1) * SHAPE.labels();
        assertArrayEquals(Arrays.copyOfRange(alone, end - SHAPE.labels(), end), inBatch, 1e-5f);
      }
    }
  }

  @Test
  void gradientsAreSlopesOfTheLoss() {
    weights.requireGradients();
    try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
      collector.backward(loss(weights));
    }
    Map<String, float[]> values = weights.values();
    for (String name : weights.names()) {
      float[] gradient = weights.get(name).getGradient().toFloatArray();
      int steepest = steepest(gradient);
      float[] original = values.get(name);
      double difference = 0;
      float step = 2e-3f;
      for (int sign : new int[] {1, -1}) {
        float[] shifted = original.clone();
        shifted[steepest] += sign * step;
        values.put(name, shifted);
        difference += sign * loss(Weights.of(manager, SHAPE, values)).getFloat();
      }
      values.put(name, original);
      double slope = difference / (2 * step);
      assertEquals(slope, gradient[steepest], 0.05 * Math.abs(slope) + 0.05, name);
    }
  }

  private NDArray loss(Weights of) {
    return decode(of, rows).square().sum();
  }

  private float[] logits(Weights of, List<EncodedRow> some) {
    return decode(of, some).toFloatArray();
  }

  private NDArray decode(Weights of, List<EncodedRow> some) {
    return new Decoder(manager, SHAPE, of).forward(manager, Batch.of(some)).exitLogits();
  }

  private static int steepest(float[] gradient) {
    int steepest = 0;
    for (int i = 1; i < gradient.length; i++) {
      if (Math.abs(gradient[i]) > Math.abs(gradient[steepest])) {
        steepest = i;
      }
    }
    return steepest;
  }
}
