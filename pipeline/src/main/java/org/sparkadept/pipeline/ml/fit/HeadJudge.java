package org.sparkadept.pipeline.ml.fit;

import java.util.Arrays;
import org.sparkadept.decoder.result.LabelSet;

/** Heads judged by rows that they were not fitted on. */
final class HeadJudge {
  /** Factors of the scores that cross-entropies are told for. */
  static final double[] FACTORS = new double[31];

  static {
    Arrays.setAll(FACTORS, i -> Math.pow(2, (i - 6) / 3.0));
  }

  private HeadJudge() {}

  /** What a head is worth. */
  static final class Figures {
    private final double[] losses = new double[FACTORS.length];
    private long rows;
    private long right;

    /** Rows that it was judged by. */
    long rows() {
      return rows;
    }

    /**
     * Share of the rows with the right answer; 0 of none. Where they may have several labels, those
     * with a probability of ½ and more are the answer.
     */
    double accuracy() {
      return rows == 0 ? 0 : (double) right / rows;
    }

    /** The factor of the scores with the least loss. */
    double factor() {
      return FACTORS[best()];
    }

    /** The mean cross-entropy of a row with that factor, in nats; infinite of none. */
    double loss() {
      return rows == 0 ? Double.POSITIVE_INFINITY : losses[best()] / rows;
    }

    private int best() {
      int best = 0;
      for (int i = 1; i < losses.length; i++) {
        best = losses[i] < losses[best] ? i : best;
      }
      return best;
    }

    /** Adds a row that may have several labels. */
    void add(float[] scores, LabelSet truth) {
      boolean isRight = true;
      for (int label = 0; label < scores.length; label++) {
        isRight &= scores[label] >= 0 == truth.contains(label);
      }
      rows++;
      right += isRight ? 1 : 0;
      for (int i = 0; i < losses.length; i++) {
        SoftplusSum softplus = new SoftplusSum();
        for (float score : scores) {
          softplus.add(FACTORS[i] * score);
        }
        losses[i] += softplus.sum();
        for (int label = 0; label < truth.size(); label++) {
          losses[i] -= FACTORS[i] * scores[truth.get(label)];
        }
      }
    }

    /** Adds a row that has one label. */
    void add(float[] scores, int truth) {
      int top = 0;
      for (int label = 1; label < scores.length; label++) {
        top = scores[label] > scores[top] ? label : top;
      }
      rows++;
      right += top == truth ? 1 : 0;
      for (int i = 0; i < losses.length; i++) {
        double sum = 0;
        for (float score : scores) {
          sum += Math.exp(FACTORS[i] * (score - scores[top]));
        }
        losses[i] += Math.log(sum) - FACTORS[i] * (scores[truth] - scores[top]);
      }
    }

    /** Those of all rows. */
    static Figures sum(Figures[] parts) {
      Figures sum = new Figures();
      for (Figures part : parts) {
        sum.add(part);
      }
      return sum;
    }

    private void add(Figures other) {
      rows += other.rows;
      right += other.right;
      Arrays.setAll(losses, i -> losses[i] + other.losses[i]);
    }
  }

  /**
   * Judges a head by the rows of a fold.
   *
   * @param head of rows without their mean
   * @param multiLabel whether rows may have several labels
   */
  static Figures judge(HeadRows rows, int fold, Linear head, boolean multiLabel) {
    Figures figures = new Figures();
    int labels = head.bias().length;
    int block = LogisticFit.blockRows(labels);
    float[] scores = new float[labels * block];
    float[] row = new float[labels];
    int end = rows.start(fold + 1);
    for (int from = rows.start(fold); from < end; from += block) {
      int count = Math.min(block, end - from);
      head.scores(rows.states(), from * rows.size(), rows.size(), count, scores);
      for (int i = 0; i < count; i++) {
        System.arraycopy(scores, i * labels, row, 0, labels);
        LabelSet truth = rows.truth(from + i);
        if (multiLabel) {
          figures.add(row, truth);
        } else {
          figures.add(row, truth.get(0));
        }
      }
    }
    return figures;
  }
}
