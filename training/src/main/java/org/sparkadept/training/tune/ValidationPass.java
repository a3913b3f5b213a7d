package org.sparkadept.training.tune;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.Decoder;
import org.sparkadept.training.model.TrainingRow;
import org.sparkadept.training.optimize.BatchPlan;

/** Runs a model at full depth over labelled rows and counts what every exit answers. */
final class ValidationPass {
  private static final int BATCH_ROWS = 64;

  private final int labels;
  private final double[] right;
  private final double[] losses;

  private ValidationPass(int exits, int labels) {
    this.labels = labels;
    right = new double[exits];
    losses = new double[exits];
  }

  /**
   * Measures a model.
   *
   * @param rows one row or more; the order does not matter
   * @param batchTokens most tokens that are computed together, padding counted
   * @param epoch passes over the training rows so far
   * @param seconds time of the run before this
   */
  static EpochResult measure(
      Engine engine,
      Decoder decoder,
      int exits,
      int labels,
      List<TrainingRow> rows,
      int batchTokens,
      int epoch,
      double seconds) {
    long start = System.nanoTime();
    List<TrainingRow> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingInt(row -> row.tokens().length));
    List<List<TrainingRow>> batches = new ArrayList<>();
    BatchPlan.cut(sorted, BATCH_ROWS, batchTokens, batches);
    ValidationPass pass = new ValidationPass(exits, labels);
    for (List<TrainingRow> some : batches) {
      try (NDManager scope = engine.newBaseManager()) {
        Batch batch = Batch.of(some);
        pass.add(some, decoder.forward(scope, batch, Decoder.Mode.INFERENCE).toFloatArray());
      }
    }
    for (int exit = 0; exit < exits; exit++) {
      pass.right[exit] /= rows.size();
      pass.losses[exit] /= rows.size();
    }
    double spent = (System.nanoTime() - start) / 1e9;
    return new EpochResult(epoch, pass.right, pass.losses, seconds + spent);
  }

  /** Takes rows in; logits are {@code [exits, rows, labels]}. */
  private void add(List<TrainingRow> rows, float[] logits) {
    for (int exit = 0; exit < right.length; exit++) {
      for (int row = 0; row < rows.size(); row++) {
        int from = (exit * rows.size() + row) * labels;
        int label = rows.get(row).label();
        int top = top(logits, from, labels);
        right[exit] += top == label ? 1 : 0;
        double sum = 0;
        for (int i = from; i < from + labels; i++) {
          sum += Math.exp((double) logits[i] - logits[from + top]);
        }
        losses[exit] += Math.log(sum) + logits[from + top] - logits[from + label];
      }
    }
  }

  /** Index of the largest of some values, from 0. */
  static int top(float[] values, int from, int count) {
    int top = 0;
    for (int i = 1; i < count; i++) {
      top = values[from + i] > values[from + top] ? i : top;
    }
    return top;
  }
}
