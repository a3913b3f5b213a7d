package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.pipeline.report.data.ConfidenceBin;

/** Labels that rows were answered with, by their probability. */
final class Bins implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int COUNT = 10;

  private final long[] rows = new long[COUNT];
  private final long[] right = new long[COUNT];
  private final double[] probabilities = new double[COUNT];

  /**
   * Adds the labels of a row's answer.
   *
   * @param scores their probabilities
   * @param truth the true labels
   */
  void add(LabelSet labels, float[] scores, LabelSet truth) {
    for (int i = 0; i < scores.length; i++) {
      add(scores[i], truth.contains(labels.get(i)));
    }
  }

  private void add(float probability, boolean isRight) {
    int bin = Math.min(COUNT - 1, (int) (probability * COUNT));
    rows[bin]++;
    right[bin] += isRight ? 1 : 0;
    probabilities[bin] += probability;
  }

  void add(Bins other) {
    for (int i = 0; i < COUNT; i++) {
      rows[i] += other.rows[i];
      right[i] += other.right[i];
      probabilities[i] += other.probabilities[i];
    }
  }

  List<ConfidenceBin> bins() {
    List<ConfidenceBin> bins = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      bins.add(
          new ConfidenceBin(
              (double) i / COUNT,
              (double) (i + 1) / COUNT,
              rows[i],
              probabilities[i] / rows[i],
              (double) right[i] / rows[i]));
    }
    return bins;
  }
}
