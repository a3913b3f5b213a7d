package org.sparkadept.training.evaluate;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.sparkadept.decoder.exit.HeadScores;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.training.data.EncodedRow;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.Decoder;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.Weights;

/** Runs a model at full depth over labelled rows and records what every exit answers. */
public final class Evaluator {
  private static final int BATCH_ROWS = 64;

  private Evaluator() {}

  /**
   * Evaluates a model.
   *
   * @param manager parent of all arrays made here
   * @param rows one row or more; the order does not matter
   */
  public static ExitOutcomes evaluate(
      NDManager manager, ModelShape model, Weights weights, List<EncodedRow> rows) {
    List<EncodedRow> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingInt(row -> row.tokens().length));
    int[] labels = new int[sorted.size()];
    int[][] answers = new int[sorted.size()][model.layers()];
    float[][] confidences = new float[sorted.size()][model.layers()];
    try (NDManager scope = manager.newSubManager()) {
      Decoder decoder = new Decoder(scope, model, weights);
      for (int from = 0; from < sorted.size(); from += BATCH_ROWS) {
        Batch batch = Batch.of(sorted.subList(from, Math.min(sorted.size(), from + BATCH_ROWS)));
        float[] logits = logits(scope, decoder, batch);
        for (int row = 0; row < batch.rows(); row++) {
          labels[from + row] = batch.labels()[row];
          for (int exit = 0; exit < model.layers(); exit++) {
            int first = (exit * batch.rows() + row) * model.labels();
            HeadScores scores = new HeadScores(logits, first, model.labels(), model.labels());
            ExitReadout readout = scores.readout(exit + 1, null);
            answers[from + row][exit] = readout.label();
            confidences[from + row][exit] = readout.probability();
          }
        }
      }
    }
    return new ExitOutcomes(labels, answers, confidences);
  }

  /** Logits of all exits, {@code [layers, rows, labels]} row-major. */
  private static float[] logits(NDManager manager, Decoder decoder, Batch batch) {
    try (NDManager scope = manager.newSubManager()) {
      return decoder.forward(scope, batch).exitLogits().toFloatArray();
    }
  }
}
