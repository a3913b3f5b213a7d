package org.sparkadept.training.optimize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.sparkadept.training.model.WeightName;
import org.sparkadept.training.model.Weights;

/** AdamW (Loshchilov, Hutter 2019) with clipping of the global gradient norm, all in place. */
final class AdamW {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.98f;
  private static final float EPSILON = 1e-8f;

  /** DJL clamps gradients from above at any value that is not negative, 0 included. */
  private static final float NO_CLAMPING = -1f;

  private final Weights weights;
  private final Weights mean;
  private final Weights variance;

  AdamW(Weights weights, Weights mean, Weights variance) {
    this.weights = weights;
    this.mean = mean;
    this.variance = variance;
  }

  /**
   * Takes one step along the collected gradients and zeroes them.
   *
   * @param step number of this step, the first is 1
   * @return global gradient norm before clipping
   * @throws ArithmeticException if the gradient is not finite
   */
  float step(NDManager manager, long step, double learningRate, Hyperparameters parameters) {
    try (NDManager scope = manager.newSubManager()) {
      NDList gradients = new NDList();
      NDList squares = new NDList();
      for (String name : weights.names()) {
        NDArray gradient = weights.get(name).getGradient();
        gradient.attach(scope);
        gradients.add(gradient);
        squares.add(gradient.square().sum().reshape(new Shape(1)));
      }
      float norm = (float) Math.sqrt(NDArrays.concat(squares).sum().getFloat());
      if (!Float.isFinite(norm)) {
        throw new ArithmeticException("the gradient of step " + step + " is not finite");
      }
      float scale = Math.min(1f, (float) parameters.gradientNorm() / (norm + 1e-6f));
      double correction = Math.sqrt(1 - Math.pow(BETA2, step)) / (1 - Math.pow(BETA1, step));
      int index = 0;
      for (String name : weights.names()) {
        NDArray weight = weights.get(name);
        NDList state =
            new NDList(weight, gradients.get(index++), mean.get(name), variance.get(name));
        weight
            .getNDArrayInternal()
            .adamUpdate(
                state,
                new NDList(weight),
                (float) learningRate,
                (float) (learningRate * correction),
                WeightName.isDecayed(name) ? (float) parameters.weightDecay() : 0f,
                scale,
                NO_CLAMPING,
                BETA1,
                BETA2,
                EPSILON,
                false,
                true);
      }
      return norm;
    }
  }
}
