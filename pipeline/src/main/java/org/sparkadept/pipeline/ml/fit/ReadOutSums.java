package org.sparkadept.pipeline.ml.fit;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.sparkadept.decoder.exit.HeadScores;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.LabelSet;

/**
 * What the answers of all exits are worth; where rows may have several labels, their losses too.
 */
final class ReadOutSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RightAnswers right;

  /** Null where each row has one label. */
  private final ExitLosses losses;

  ReadOutSums(int exits, boolean multiLabel) {
    right = new RightAnswers(exits);
    losses = multiLabel ? new ExitLosses(exits) : null;
  }

  /** Adds a row of {@link StatePass}. */
  ReadOutSums add(CrossFittedHeads heads, Row row) {
    LabelSet truth = StatePass.labels(row);
    HeadScores[] scores = heads.scores(row);
    ExitReadout[] readouts = heads.readouts(scores);
    boolean[] isRight = new boolean[readouts.length];
    for (int exit = 0; exit < readouts.length; exit++) {
      isRight[exit] = readouts[exit].labels().equals(truth);
    }
    right.add(isRight);
    if (losses != null) {
      double[] loss = new double[scores.length];
      for (int exit = 0; exit < loss.length; exit++) {
        loss[exit] = heads.rule().loss(scores[exit].probabilities(), truth);
      }
      losses.add(loss);
    }
    return this;
  }

  ReadOutSums add(ReadOutSums more) {
    right.add(more.right);
    if (losses != null) {
      losses.add(more.losses);
    }
    return this;
  }

  /** Share of the rows that an exit answers rightly; 0 of none. */
  double accuracy(int exit) {
    return right.accuracy(exit);
  }

  /** Mean cross-entropy of an exit's answers, in nats; NaN where each row has one label. */
  double loss(int exit) {
    return losses == null ? Double.NaN : losses.mean(exit);
  }

  /**
   * The shallowest exit within one standard error of the best: by the losses where rows may have
   * several labels, else by the right answers.
   */
  int shallowestOfTheBest() {
    return losses == null ? right.shallowestOfTheBest() : losses.shallowestOfTheBest();
  }
}
