package org.sparkadept.training.optimize;

import ai.djl.ndarray.NDManager;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.Weights;

/**
 * All that changes while a model is trained.
 *
 * @param weights the weights, with gradients
 * @param mean first moments of AdamW
 * @param variance second moments of AdamW
 * @param average moving average of the weights
 * @param counters where the run stands
 */
record TrainingState(
    Weights weights, Weights mean, Weights variance, Weights average, Counters counters) {

  /**
   * Where a run stands.
   *
   * @param step steps taken
   * @param progress position in the schedules, in [0, 1]
   * @param elapsedSeconds time spent in steps
   * @param secondsPerStep recent duration of a step
   */
  record Counters(long step, double progress, double elapsedSeconds, double secondsPerStep) {}

  /** A fresh state. */
  static TrainingState initial(NDManager manager, ModelShape model, long seed) {
    Weights weights = Weights.initial(manager, model, seed);
    return new TrainingState(
        weights,
        Weights.zeros(manager, model),
        Weights.zeros(manager, model),
        Weights.of(manager, model, weights.values()),
        new Counters(0, 0, 0, 0));
  }
}
