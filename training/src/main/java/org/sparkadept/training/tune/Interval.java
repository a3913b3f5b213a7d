package org.sparkadept.training.tune;

import org.sparkadept.training.model.Batch;
import org.sparkadept.training.optimize.BatchPlan;

/** Sums over some steps. */
final class Interval {
  private double[] losses;
  private final Answers answers;
  private long tokens;
  private double seconds;
  private int steps;

  /**
   * @param multiLabel whether rows may have several labels
   */
  Interval(boolean multiLabel) {
    answers = new Answers(multiLabel);
  }

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
      answers.add(logits, deepest + row * labels, labels, batch.rows().get(row).labels());
    }
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
        answers.accuracy(),
        tokens / seconds,
        (plan.steps() - state.step()) * state.seconds() / state.step());
  }
}
