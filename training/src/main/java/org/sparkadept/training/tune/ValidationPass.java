package org.sparkadept.training.tune;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.Decoder;
import org.sparkadept.training.model.TrainingRow;
import org.sparkadept.training.optimize.BatchPlan;

/** Runs a model at full depth over labelled rows and counts what every exit answers. */
final class ValidationPass {
  private static final int BATCH_ROWS = 64;

  private final int labels;
  private final boolean multiLabel;
  private final Answers[] answers;
  private final double[] losses;

  private ValidationPass(int exits, int labels, boolean multiLabel) {
    this.labels = labels;
    this.multiLabel = multiLabel;
    answers = new Answers[exits];
    Arrays.setAll(answers, exit -> new Answers(multiLabel));
    losses = new double[exits];
  }

  /**
   * Measures a model.
   *
   * @param multiLabel whether rows may have several labels
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
      boolean multiLabel,
      List<TrainingRow> rows,
      int batchTokens,
      int epoch,
      double seconds) {
    long start = System.nanoTime();
    List<TrainingRow> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingInt(row -> row.tokens().length));
    List<List<TrainingRow>> batches = new ArrayList<>();
    BatchPlan.cut(sorted, BATCH_ROWS, batchTokens, batches);
    ValidationPass pass = new ValidationPass(exits, labels, multiLabel);
    for (List<TrainingRow> some : batches) {
      try (NDManager scope = engine.newBaseManager()) {
        Batch batch = Batch.of(some);
        pass.add(some, decoder.forward(scope, batch, Decoder.Mode.INFERENCE).toFloatArray());
      }
    }
    double[] accuracy = Arrays.stream(pass.answers).mapToDouble(Answers::accuracy).toArray();
    for (int exit = 0; exit < exits; exit++) {
      pass.losses[exit] /= rows.size();
    }
    double spent = (System.nanoTime() - start) / 1e9;
    return new EpochResult(epoch, accuracy, pass.losses, seconds + spent);
  }

  /** Takes rows in; logits are {@code [exits, rows, labels]}. */
  private void add(List<TrainingRow> rows, float[] logits) {
    for (int exit = 0; exit < answers.length; exit++) {
      for (int row = 0; row < rows.size(); row++) {
        int from = (exit * rows.size() + row) * labels;
        LabelSet truth = rows.get(row).labels();
        answers[exit].add(logits, from, labels, truth);
        losses[exit] += multiLabel ? sigmoids(logits, from, truth) : softmax(logits, from, truth);
      }
    }
  }

  private double softmax(float[] logits, int from, LabelSet truth) {
    int top = Answers.top(logits, from, labels);
    double sum = 0;
    for (int i = from; i < from + labels; i++) {
      sum += Math.exp((double) logits[i] - logits[from + top]);
    }
    return Math.log(sum) + logits[from + top] - logits[from + truth.get(0)];
  }

  private double sigmoids(float[] logits, int from, LabelSet truth) {
    double loss = 0;
    for (int label = 0; label < labels; label++) {
      double z = logits[from + label];
      loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
      loss -= truth.contains(label) ? z : 0;
    }
    return loss;
  }
}
