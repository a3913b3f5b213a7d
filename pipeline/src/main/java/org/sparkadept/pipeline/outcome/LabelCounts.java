package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import org.sparkadept.decoder.result.LabelSet;

/** How many rows have each label, are answered with it, and both. */
public final class LabelCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  private final long[] rows;
  private final long[] answered;
  private final long[] right;

  LabelCounts(int labels) {
    rows = new long[labels];
    answered = new long[labels];
    right = new long[labels];
  }

  void add(LabelSet answer, LabelSet truth) {
    for (int i = 0; i < truth.size(); i++) {
      if (truth.get(i) >= 0) {
        rows[truth.get(i)]++;
      }
    }
    for (int i = 0; i < answer.size(); i++) {
      answered[answer.get(i)]++;
      right[answer.get(i)] += truth.contains(answer.get(i)) ? 1 : 0;
    }
  }

  void add(LabelCounts other) {
    AnswerSums.add(rows, other.rows);
    AnswerSums.add(answered, other.answered);
    AnswerSums.add(right, other.right);
  }

  /** Rows with a label. */
  public long rows(int label) {
    return rows[label];
  }

  /** Rows that were answered with a label. */
  public long answered(int label) {
    return answered[label];
  }

  /** Rows with a label that were answered with it. */
  public long right(int label) {
    return right[label];
  }

  /** {@code 2·right / (rows + answered)} of a label; NaN where no row has it and no answer. */
  public double f1(int label) {
    return 2.0 * right[label] / (rows[label] + answered[label]);
  }

  /** F1 over all labels of all rows together. */
  public double microF1() {
    long hits = 0;
    long all = 0;
    for (int label = 0; label < rows.length; label++) {
      hits += right[label];
      all += rows[label] + answered[label];
    }
    return 2.0 * hits / all;
  }

  /** Mean F1 of the labels that some row has or some answer. */
  public double macroF1() {
    double sum = 0;
    int count = 0;
    for (int label = 0; label < rows.length; label++) {
      if (rows[label] + answered[label] > 0) {
        sum += f1(label);
        count++;
      }
    }
    return sum / count;
  }
}
