package org.sparkadept.training.tune;

import org.sparkadept.decoder.result.LabelSet;

/**
 * How often logits answer rightly: where each row has one label, the share of rows whose largest
 * logit is that of it; where it may have several, F1 of all labels together, those with a
 * probability of ½ and more being the answer.
 */
final class Answers {
  private final boolean multiLabel;
  private long right;

  /** Rows, or labels that rows have and that are answered. */
  private long all;

  Answers(boolean multiLabel) {
    this.multiLabel = multiLabel;
  }

  /**
   * Adds a row.
   *
   * @param logits holds those of the row
   * @param from index of the first
   * @param labels number of labels
   * @param truth labels of the row
   */
  void add(float[] logits, int from, int labels, LabelSet truth) {
    if (!multiLabel) {
      right += top(logits, from, labels) == truth.get(0) ? 1 : 0;
      all++;
      return;
    }
    all += truth.size();
    for (int label = 0; label < labels; label++) {
      if (logits[from + label] >= 0) {
        all++;
        right += truth.contains(label) ? 2 : 0;
      }
    }
  }

  /** The figure; 0 of nothing. */
  double accuracy() {
    return all == 0 ? 0 : (double) right / all;
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
