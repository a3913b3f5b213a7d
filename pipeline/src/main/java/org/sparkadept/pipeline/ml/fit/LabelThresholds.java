package org.sparkadept.pipeline.ml.fit;

import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkadept.decoder.exit.HeadScores;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.result.LabelSet;

/**
 * The thresholds of labels where rows may have several: for each label the one with the highest F1,
 * {@code 2·right / (rows + answered)}, at the reference, on rows that its heads never saw. Of
 * several that lie side by side, the one in the middle. For a label of fewer than {@value
 * #FEW_ROWS} rows that would be chance: it has the threshold with the highest F1 of all labels
 * together. Thresholds are tried in steps of {@value #STEP} of their log-odds, from −{@value
 * #LARGEST} to {@value #LARGEST}.
 */
final class LabelThresholds implements Serializable {
  /** A label of fewer rows has the threshold of all labels together. */
  static final int FEW_ROWS = 20;

  private static final long serialVersionUID = 1L;
  private static final double LARGEST = 6;
  private static final double STEP = 0.1;

  /** Thresholds that are tried. */
  private static final int COUNT = (int) Math.round(2 * LARGEST / STEP) + 1;

  /** {@code [labels][COUNT + 1]}: rows whose score reaches so many of the thresholds. */
  private final int[][] all;

  /** The same of the rows that have the label. */
  private final int[][] having;

  LabelThresholds(int labels) {
    all = new int[labels][COUNT + 1];
    having = new int[labels][COUNT + 1];
  }

  /**
   * Chooses thresholds.
   *
   * @param states of {@link StatePass}
   * @param heads the last is the reference's
   */
  static LabelRule choose(Dataset<Row> states, CrossFittedHeads heads) {
    Broadcast<CrossFittedHeads> sent = heads.broadcast(states.sparkSession());
    try {
      return states
          .select(heads.columns())
          .toJavaRDD()
          .treeAggregate(
              new LabelThresholds(heads.labels()),
              (counts, row) -> counts.add(reference(sent.value(), row), StatePass.labels(row)),
              LabelThresholds::add)
          .rule();
    } finally {
      sent.destroy();
    }
  }

  private static float[] reference(CrossFittedHeads heads, Row row) {
    HeadScores[] scores = heads.scores(row);
    return scores[scores.length - 1].probabilities();
  }

  /** The threshold of a number, in single precision as files have it. */
  static float threshold(int number) {
    return (float) (1 / (1 + Math.exp(LARGEST - number * STEP)));
  }

  /**
   * Adds a row.
   *
   * @param probabilities by label
   */
  LabelThresholds add(float[] probabilities, LabelSet truth) {
    for (int label = 0; label < all.length; label++) {
      int reached = reached(probabilities[label]);
      all[label][reached]++;
      having[label][reached] += truth.contains(label) ? 1 : 0;
    }
    return this;
  }

  /** How many of the thresholds a probability reaches. */
  private static int reached(float probability) {
    double logit = Math.log(probability) - Math.log1p(-probability);
    int guess = (int) Math.max(0, Math.min(COUNT, Math.round((logit + LARGEST) / STEP)));
    while (guess < COUNT && probability >= threshold(guess)) {
      guess++;
    }
    while (guess > 0 && probability < threshold(guess - 1)) {
      guess--;
    }
    return guess;
  }

  LabelThresholds add(LabelThresholds other) {
    for (int label = 0; label < all.length; label++) {
      for (int i = 0; i <= COUNT; i++) {
        all[label][i] += other.all[label][i];
        having[label][i] += other.having[label][i];
      }
    }
    return this;
  }

  /** The rule with the chosen thresholds. */
  LabelRule rule() {
    double[][] pooled = new double[2][COUNT];
    double[][] counts = new double[3][COUNT];
    int[] chosen = new int[all.length];
    for (int label = 0; label < all.length; label++) {
      count(label, counts);
      boolean isCommon = counts[2][0] >= FEW_ROWS;
      chosen[label] = isCommon ? best(counts[0], counts[1]) : -1;
      for (int i = 0; i < COUNT; i++) {
        pooled[0][i] += counts[0][i];
        pooled[1][i] += counts[1][i];
      }
    }
    int shared = best(pooled[0], pooled[1]);
    float[] thresholds = new float[all.length];
    for (int label = 0; label < thresholds.length; label++) {
      thresholds[label] = threshold(chosen[label] < 0 ? shared : chosen[label]);
    }
    return LabelRule.multiLabel(thresholds);
  }

  /** Right labels, those had and answered, and those had, by threshold. */
  private void count(int label, double[][] counts) {
    double rows = 0;
    for (int count : having[label]) {
      rows += count;
    }
    double right = 0;
    double answered = 0;
    for (int i = COUNT - 1; i >= 0; i--) {
      right += having[label][i + 1];
      answered += all[label][i + 1];
      counts[0][i] = right;
      counts[1][i] = rows + answered;
      counts[2][i] = rows;
    }
  }

  /** The middle of the first run of thresholds with the highest F1. */
  private static int best(double[] right, double[] hadAndAnswered) {
    int first = 0;
    for (int i = 1; i < COUNT; i++) {
      first = f1(right, hadAndAnswered, i) > f1(right, hadAndAnswered, first) ? i : first;
    }
    int last = first;
    while (last + 1 < COUNT
        && f1(right, hadAndAnswered, last + 1) == f1(right, hadAndAnswered, first)) {
      last++;
    }
    return (first + last) / 2;
  }

  private static double f1(double[] right, double[] hadAndAnswered, int i) {
    return hadAndAnswered[i] == 0 ? 0 : right[i] / hadAndAnswered[i];
  }
}
