package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.result.LabelSet;

/** Accuracy, agreement and loss of every exit on all rows. */
public final class HeadSums implements Serializable {
  private static final long serialVersionUID = 1L;
  private final LabelRule rule;
  private final long[] right;
  private final long[] agreeing;
  private final double[] loss;
  private long rows;
  private long known;

  HeadSums(int exits, LabelRule rule) {
    this.rule = rule;
    right = new long[exits];
    agreeing = new long[exits];
    loss = new double[exits];
  }

  void add(RowTrace trace, LabelSet fullDepth, LabelSet truth) {
    rows++;
    boolean hasLoss = trace.hasProbabilities() && !truth.contains(-1);
    known += hasLoss ? 1 : 0;
    for (int exit = 0; exit < right.length; exit++) {
      LabelSet labels = trace.at(exit).labels();
      right[exit] += labels.equals(truth) ? 1 : 0;
      agreeing[exit] += labels.equals(fullDepth) ? 1 : 0;
      if (hasLoss) {
        loss[exit] += rule.loss(trace.probabilities(exit), truth);
      }
    }
  }

  void add(HeadSums other) {
    rows += other.rows;
    known += other.known;
    for (int exit = 0; exit < right.length; exit++) {
      right[exit] += other.right[exit];
      agreeing[exit] += other.agreeing[exit];
      loss[exit] += other.loss[exit];
    }
  }

  /** Share of rows that an exit answers rightly. */
  public double accuracy(int exit) {
    return (double) right[exit] / rows;
  }

  /** Share of rows for which an exit gives full depth's answer. */
  public double agreement(int exit) {
    return (double) agreeing[exit] / rows;
  }

  /** Mean cross-entropy of an exit's answers, in nats; NaN where the plan has no losses. */
  public double loss(int exit) {
    return loss[exit] / known;
  }
}
