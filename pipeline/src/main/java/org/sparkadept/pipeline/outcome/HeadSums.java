package org.sparkadept.pipeline.outcome;

import java.io.Serializable;

/** Accuracy, agreement and loss of every exit on all rows. */
public final class HeadSums implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final double LEAST_PROBABILITY = 1e-12;

  private final long[] right;
  private final long[] agreeing;
  private final double[] loss;
  private long rows;
  private long known;

  HeadSums(int exits) {
    right = new long[exits];
    agreeing = new long[exits];
    loss = new double[exits];
  }

  void add(RowTrace trace, int fullDepth, int truth) {
    rows++;
    boolean hasLoss = trace.hasProbabilities() && truth >= 0;
    known += hasLoss ? 1 : 0;
    for (int exit = 0; exit < right.length; exit++) {
      int label = trace.at(exit).label();
      right[exit] += label == truth ? 1 : 0;
      agreeing[exit] += label == fullDepth ? 1 : 0;
      if (hasLoss) {
        loss[exit] -= Math.log(Math.max(trace.probability(exit, truth), LEAST_PROBABILITY));
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

  /** Share of rows whose true label an exit gives. */
  public double accuracy(int exit) {
    return (double) right[exit] / rows;
  }

  /** Share of rows for which an exit gives full depth's label. */
  public double agreement(int exit) {
    return (double) agreeing[exit] / rows;
  }

  /** Mean cross-entropy of an exit's answers, in nats; NaN where the plan has no losses. */
  public double loss(int exit) {
    return loss[exit] / known;
  }
}
