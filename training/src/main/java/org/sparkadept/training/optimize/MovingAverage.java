package org.sparkadept.training.optimize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.sparkadept.training.model.Weights;

/** Exponential moving average of the weights, the ones that are evaluated and exported. */
final class MovingAverage {
  /** The average is updated every so many steps only, with the decay of as many. */
  static final int INTERVAL = 4;

  private final Weights weights;
  private final Weights average;

  MovingAverage(Weights weights, Weights average) {
    this.weights = weights;
    this.average = average;
  }

  /**
   * Takes the weights in. Early on the decay is smaller, so that initial weights are forgotten.
   *
   * @param step number of steps taken
   * @param decay decay a step
   */
  void update(NDManager manager, long step, double decay) {
    if (step % INTERVAL != 0) {
      return;
    }
    double keep = Math.min(Math.pow(decay, INTERVAL), (double) step / (step + 10.0 * INTERVAL));
    try (NDManager scope = manager.newSubManager()) {
      for (String name : weights.names()) {
        NDArray current = weights.get(name).stopGradient();
        current.attach(scope);
        average.get(name).muli((float) keep).addi(current.mul((float) (1 - keep)));
      }
    }
  }
}
