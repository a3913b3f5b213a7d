package org.sparkadept.training.optimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.training.TinyModel;
import org.sparkadept.training.data.EncodedRow;
import org.sparkadept.training.evaluate.Evaluator;
import org.sparkadept.training.evaluate.ExitOutcomes;
import org.sparkadept.training.model.ModelShape;

class TrainerTest {
  private static final Engine ENGINE = Engine.getEngine("PyTorch");

  @TempDir private Path folder;

  private final List<EncodedRow> rows = TinyModel.rows(24, 7);

  @Test
  void learnsAFewRowsByHeart() throws IOException {
    try (Trainer trainer = trainer(rows, 60, "learn", Double.POSITIVE_INFINITY);
        NDManager manager = ENGINE.newBaseManager()) {
      while (!trainer.finished()) {
        trainer.step();
      }
      assertEquals(60, trainer.epochs());
      ExitOutcomes outcomes =
          Evaluator.evaluate(manager, TinyModel.SHAPE, trainer.averagedWeights(), rows);
      assertEquals(1, outcomes.accuracy(0));
      assertEquals(1, outcomes.accuracy(1));
    }
  }

  @Test
  void goesOnFromACheckpointAsIfItHadNotStopped() throws IOException {
    List<Trainer.Report> whole = new ArrayList<>();
    List<Trainer.Report> parts = new ArrayList<>();
    try (Trainer trainer = trainer(rows, 4, "whole", Double.POSITIVE_INFINITY)) {
      run(trainer, 12, whole);
      assertTrue(trainer.finished());
    }
    try (Trainer trainer = trainer(rows, 4, "parts", Double.POSITIVE_INFINITY)) {
      run(trainer, 5, parts);
      trainer.save();
    }
    try (Trainer trainer = trainer(rows, 4, "parts", Double.POSITIVE_INFINITY)) {
      run(trainer, 7, parts);
      assertTrue(trainer.finished());
    }
    for (int step = 0; step < 12; step++) {
      assertEquals(step + 1, parts.get(step).step());
      assertEquals(whole.get(step).progress(), parts.get(step).progress(), 1e-12);
      assertArrayEquals(whole.get(step).exitLosses(), parts.get(step).exitLosses(), 1e-4f);
      assertEquals(whole.get(step).languageLoss(), parts.get(step).languageLoss(), 1e-4f);
    }
  }

  @Test
  void refusesACheckpointOfAnotherShape() throws IOException {
    try (Trainer trainer = trainer(rows, 1, "shape", Double.POSITIVE_INFINITY)) {
      trainer.save();
    }
    ModelShape other = new ModelShape(300, 3, 3, 32, 4, 2, 8, 48, 32);
    assertThrows(
        IOException.class,
        () ->
            new Trainer(
                ENGINE, other, TinyModel.hyperparameters(1), rows, folder.resolve("shape"), 1));
  }

  @Test
  void everyEpochSeesEveryRowOnce() {
    BatchPlan plan = new BatchPlan(rows, TinyModel.hyperparameters(2));
    assertEquals(3, plan.stepsPerEpoch());
    int[] labels = new int[TinyModel.SHAPE.labels()];
    for (int step = 0; step < plan.stepsPerEpoch(); step++) {
      for (int label : plan.batch(step).labels()) {
        labels[label]++;
      }
    }
    assertArrayEquals(new int[] {8, 8, 8}, labels);
  }

  private static void run(Trainer trainer, int steps, List<Trainer.Report> reports) {
    for (int i = 0; i < steps; i++) {
      reports.add(trainer.step());
    }
  }

  private Trainer trainer(List<EncodedRow> some, int epochs, String name, double seconds)
      throws IOException {
    return new Trainer(
        ENGINE,
        TinyModel.SHAPE,
        TinyModel.hyperparameters(epochs),
        some,
        folder.resolve(name),
        seconds);
  }
}
