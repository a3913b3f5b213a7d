package org.sparkadept.training.tune;

import org.sparkadept.training.model.Batch;
import org.sparkadept.training.optimize.BatchPlan;

/** Sums over some steps. */
final class Interval {
  private double[] losses;
  private long rows;
  private long right;
  private long tokens;
  private double seconds;
  private int steps;

  /**
   * Takes a step in.
   *
   * @param stepLosses loss of every exit
   * @param logits {@code [exits, rows, labels]}
   */
  void add(Batch batch, float[] stepLosses, float[] logits, int labels, double stepSeconds) {
    losses = losses == null ? new double[stepLosses.length] : losses;
    for (int exit = 0; exit < losses.length; exit++) {
      losses[exit] += stepLosses[exit];
    }
    int deepest = logits.length - batch.size() * labels;
    for (int row = 0; row < batch.size(); row++) {
      int top = ValidationPass.top(logits, deepest + row * labels, labels);
      right += top == batch.rows().get(row).label() ? 1 : 0;
    }
    rows += batch.size();
    tokens += batch.tokenCount();
    seconds += stepSeconds;
    steps++;
  }

  /** The figures, of one step or more. */
  TuneProgress end(RunState state, BatchPlan plan) {
    double[] means = new double[losses.length];
    for (int exit = 0; exit < means.length; exit++) {
      means[exit] = losses[exit] / steps;
    }
    return new TuneProgress(
        state.step(),
        plan.steps(),
        plan.epochsAt(state.step()),
        means,
        (double) right / rows,
        tokens / seconds,
        (plan.steps() - state.step()) * state.seconds() / state.step());
  }
}
