package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.List;
import java.util.function.IntConsumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkadept.decoder.exit.ExitHead;

/**
 * Which exit is the reference, and what each head reads. Every exit layer is judged by the accuracy
 * of ridge read-outs ({@link RidgeReadOut}), cross-fitted on the rows that are not for calibration.
 * A head reads the mean of the other tokens beside the class token where that answers more rows
 * rightly. The reference is the shallowest exit whose accuracy is within one standard error of the
 * best one's (Breiman et al., Classification and Regression Trees, 1984, section 3.4.3).
 */
final class ReadOutSelection {
  /** Most floats of states that are held at once. */
  static final long MAX_FLOATS = 32L << 20;

  private static final int MAX_ROWS = 20_000;
  private static final String FOLD = "fold";

  private final Dataset<Row> sample;
  private final long judged;
  private final int labels;
  private final int width;
  private final List<ExitHead.Input> inputs;

  /**
   * @param states of {@link StatePass}, which read the widest of the inputs
   * @param labels number of labels
   * @param width of a hidden state
   * @param inputs what heads may read, the one that is preferred among equals first
   */
  ReadOutSelection(Dataset<Row> states, int labels, int width, List<ExitHead.Input> inputs) {
    this.labels = labels;
    this.width = width;
    this.inputs = inputs;
    long fitting = MAX_FLOATS / inputs.get(inputs.size() - 1).size(width);
    int rows = (int) Math.min(MAX_ROWS, fitting);
    long count = states.count();
    judged = Math.min(count, rows);
    Dataset<Row> folded =
        states.withColumn(
            FOLD, pmod(xxhash64(lit(3), col(SplitRows.TEXT)), lit(RidgeReadOut.FOLDS)));
    sample =
        count <= rows ? folded : folded.orderBy(xxhash64(lit(5), col(SplitRows.TEXT))).limit(rows);
  }

  /**
   * The read-out of an exit.
   *
   * @param layer from 1
   * @param input what the head reads
   * @param accuracy share of the rows that were answered rightly, cross-fitted
   */
  record ReadOut(int layer, ExitHead.Input input, double accuracy) {}

  /**
   * What was found.
   *
   * @param readOuts of all exit layers
   * @param reference layer of the reference, from 1
   */
  record Selection(List<ReadOut> readOuts, int reference) {}

  /**
   * Judges exits.
   *
   * @param layers exit layers, from 1, ascending
   * @param auto whether the reference is chosen; else it is the last
   * @param progress receives each exit layer before it is judged
   */
  Selection judge(int[] layers, boolean auto, IntConsumer progress) {
    int middle = layers.length / 2;
    double[] ridges = new double[inputs.size()];
    ReadOut[] readOuts = new ReadOut[layers.length];
    progress.accept(layers[middle]);
    readOuts[middle] = judge(layers[middle], RidgeReadOut.RIDGES, ridges);
    for (int exit = 0; exit < layers.length; exit++) {
      if (exit != middle) {
        progress.accept(layers[exit]);
        readOuts[exit] = judge(layers[exit], null, ridges);
      }
    }
    int last = layers[layers.length - 1];
    return new Selection(
        List.of(readOuts), auto ? shallowestOfTheBest(List.of(readOuts), judged) : last);
  }

  /**
   * @param tried ridges to choose from; null to take those of {@code chosen}
   * @param chosen the best ridge by input; set where there is a choice
   */
  private ReadOut judge(int layer, double[] tried, double[] chosen) {
    List<Row> rows =
        sample.select(col(FOLD), col(SplitRows.LABEL), col(StatePass.state(layer))).collectAsList();
    int[] folds = new int[rows.size()];
    int[] truths = new int[rows.size()];
    float[][] states = new float[rows.size()][];
    for (int i = 0; i < folds.length; i++) {
      folds[i] = (int) rows.get(i).getLong(0);
      truths[i] = (int) rows.get(i).getDouble(1);
      states[i] = Floats.floats((byte[]) rows.get(i).get(2));
    }
    ReadOut best = null;
    for (int i = 0; i < inputs.size(); i++) {
      RidgeReadOut readOut =
          new RidgeReadOut(states, inputs.get(i).size(width), truths, folds, labels);
      double[] candidates = tried == null ? new double[] {chosen[i]} : tried;
      double[] accuracy = readOut.accuracies(candidates);
      int top = 0;
      for (int r = 1; r < candidates.length; r++) {
        top = accuracy[r] > accuracy[top] ? r : top;
      }
      chosen[i] = candidates[top];
      if (best == null || accuracy[top] > best.accuracy()) {
        best = new ReadOut(layer, inputs.get(i), accuracy[top]);
      }
    }
    return best;
  }

  /**
   * The shallowest exit within one standard error of the best.
   *
   * @param readOuts by layer, ascending
   * @param rows that they were judged by
   */
  static int shallowestOfTheBest(List<ReadOut> readOuts, long rows) {
    double best = readOuts.stream().mapToDouble(ReadOut::accuracy).max().orElseThrow();
    double error = Math.sqrt(best * (1 - best) / rows);
    return readOuts.stream()
        .filter(readOut -> readOut.accuracy() >= best - error)
        .mapToInt(ReadOut::layer)
        .findFirst()
        .orElseThrow();
  }
}
