package org.sparkadept.training.optimize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Random;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.Decoder;
import org.sparkadept.training.model.ModelShape;

/** The losses that are minimised together. */
final class Loss {
  private final ModelShape model;
  private final Hyperparameters parameters;

  Loss(ModelShape model, Hyperparameters parameters) {
    this.model = model;
    this.parameters = parameters;
  }

  /**
   * Cross entropy at every exit with smoothed labels.
   *
   * @param exitLogits {@code [layers, rows, labels]}
   * @return mean over the rows, {@code [layers]}
   */
  NDArray perExit(NDManager manager, NDArray exitLogits, int[] labels) {
    float[] target = new float[labels.length * model.labels()];
    float spread = (float) parameters.labelSmoothing() / model.labels();
    for (int row = 0; row < labels.length; row++) {
      for (int label = 0; label < model.labels(); label++) {
        boolean right = label == labels[row];
        target[row * model.labels() + label] =
            (spread + (right ? 1 - (float) parameters.labelSmoothing() : 0)) / labels.length;
      }
    }
    NDArray targets = manager.create(target, new Shape(1, labels.length, model.labels()));
    return exitLogits.logSoftmax(-1).mul(targets).sum(new int[] {1, 2}).neg();
  }

  /** Weight of every exit, {@code [layers]}: proportional to its depth, 1 in sum. */
  NDArray exitWeights(NDManager manager) {
    float[] weights = new float[model.layers()];
    float sum = model.layers() * (model.layers() + 1) / 2f;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (i + 1) / sum;
    }
    return manager.create(weights);
  }

  /**
   * Next-token cross entropy on a random share of the positions.
   *
   * @return mean over the positions, a scalar
   */
  NDArray nextToken(NDManager manager, Decoder decoder, NDArray last, Batch batch, Random random) {
    int[] positions = new int[batch.tokens().length];
    int[] targets = new int[batch.tokens().length];
    int count = 0;
    for (int row = 0; row < batch.rows(); row++) {
      for (int i = 0; i + 1 < batch.lengths()[row]; i++) {
        boolean first = row == 0 && i == 0;
        if (first || random.nextDouble() < parameters.languageShare()) {
          positions[count] = row * batch.width() + i;
          targets[count++] = batch.tokens()[row * batch.width() + i + 1];
        }
      }
    }
    NDArray at = manager.create(Arrays.copyOf(positions, count));
    long[] wanted = new long[count];
    for (int i = 0; i < count; i++) {
      wanted[i] = targets[i];
    }
    NDArray index = manager.create(wanted, new Shape(count, 1));
    return decoder.nextTokenLogits(last, at).logSoftmax(-1).gather(index, 1).mean().neg();
  }
}
