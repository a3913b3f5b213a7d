package org.sparkadept.training.optimize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.util.Arrays;
import java.util.List;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.TrainingRow;

/** The loss of all exits. */
public final class Loss {
  private static final int[] EXITS = {0};
  private static final int[] ROWS_AND_LABELS = {1, 2};

  private final LossSettings settings;
  private final double[] labelWeights;

  /**
   * @param rows all training rows, which the weights of labels are counted from
   * @param labels number of labels
   */
  public Loss(LossSettings settings, List<TrainingRow> rows, int labels) {
    this.settings = settings;
    labelWeights = new double[labels];
    Arrays.fill(labelWeights, 1);
    if (settings.balanced()) {
      int[] counts = new int[labels];
      rows.forEach(row -> counts[row.label()]++);
      Arrays.setAll(
          labelWeights, label -> (double) rows.size() / labels / Math.max(1, counts[label]));
    }
  }

  /**
   * What is minimised, and what is shown.
   *
   * @param total a scalar
   * @param perExit cross entropies {@code [exits]}
   */
  public record Values(NDArray total, NDArray perExit) {}

  /**
   * Computes the loss of a batch.
   *
   * @param scope owns all arrays made here
   * @param logits {@code [exits, rows, labels]}
   */
  public Values of(NDManager scope, NDArray logits, Batch batch) {
    int exits = (int) logits.getShape().get(0);
    NDArray perExit =
        settings.multiLabel()
            ? crossEntropies(scope, logits, labelTargets(scope, batch))
                .sum(ROWS_AND_LABELS)
                .mul(scope.create(1f / batch.size()))
            : logits.logSoftmax(-1).mul(targets(scope, batch)).sum(ROWS_AND_LABELS).neg();
    NDArray losses = perExit;
    if (settings.distillation() > 0 && exits > 1) {
      NDArray own = losses.mul(scope.create((float) (1 - settings.distillation())));
      NDArray shared = divergence(scope, logits).mul(scope.create((float) settings.distillation()));
      losses = own.add(shared);
    }
    return new Values(losses.mul(scope.create(1f / exits)).sum(), perExit);
  }

  /** Targets over the number of rows, {@code [1, rows, labels]}. */
  private NDArray targets(NDManager scope, Batch batch) {
    int labels = labelWeights.length;
    float[] targets = new float[batch.size() * labels];
    double sum = 0;
    for (TrainingRow row : batch.rows()) {
      sum += labelWeights[row.label()];
    }
    for (int i = 0; i < batch.size(); i++) {
      TrainingRow row = batch.rows().get(i);
      double share = labelWeights[row.label()] / sum;
      double taught = row.teacher() == null ? 0 : settings.teacher();
      for (int label = 0; label < labels; label++) {
        double own = settings.labelSmoothing() / labels;
        own += label == row.label() ? 1 - settings.labelSmoothing() : 0;
        double other = taught == 0 ? 0 : Math.exp(row.teacher()[label]);
        targets[i * labels + label] = (float) (share * ((1 - taught) * own + taught * other));
      }
    }
    return scope.create(targets, new Shape(1, batch.size(), labels));
  }

  /** Targets of rows that may have several labels, {@code [1, rows, labels]}. */
  private NDArray labelTargets(NDManager scope, Batch batch) {
    int labels = labelWeights.length;
    float[] targets = new float[batch.size() * labels];
    for (int i = 0; i < batch.size(); i++) {
      TrainingRow row = batch.rows().get(i);
      double taught = row.teacher() == null ? 0 : settings.teacher();
      for (int label = 0; label < labels; label++) {
        double own = settings.labelSmoothing() / 2;
        own += row.labels().contains(label) ? 1 - settings.labelSmoothing() : 0;
        double other = taught == 0 ? 0 : Math.exp(row.teacher()[label]);
        targets[i * labels + label] = (float) ((1 - taught) * own + taught * other);
      }
    }
    return scope.create(targets, new Shape(1, batch.size(), labels));
  }

  /**
   * {@code −q·ln σ(z) − (1 − q)·ln(1 − σ(z)) = ln(1 + exp(z)) − q·z} of each label.
   *
   * @param targets q
   */
  private static NDArray crossEntropies(NDManager scope, NDArray logits, NDArray targets) {
    NDArray small = logits.abs().neg().exp().add(scope.create(1f)).log();
    return logits.maximum(scope.create(0f)).add(small).sub(logits.mul(targets));
  }

  /**
   * Divergence of every exit from the mean answer of all exits, which is a constant (Lee and Lee,
   * arXiv 2104.00299), up to its entropy: {@code -T² Σ q log p} with q and p softened by T (Hinton
   * et al., arXiv 1503.02531); where rows may have several labels, summed over labels that are
   * there or not.
   *
   * @return mean over the rows, {@code [exits]}
   */
  private NDArray divergence(NDManager scope, NDArray logits) {
    NDArray inverse = scope.create((float) (1 / settings.temperature()));
    NDArray softened = logits.mul(inverse);
    NDArray shares = settings.multiLabel() ? Activation.sigmoid(softened) : softened.softmax(-1);
    NDArray answer = shares.mean(EXITS, true).stopGradient();
    answer.attach(scope);
    double scale = settings.temperature() * settings.temperature() / logits.getShape().get(1);
    if (settings.multiLabel()) {
      return crossEntropies(scope, softened, answer)
          .sum(ROWS_AND_LABELS)
          .mul(scope.create((float) scale));
    }
    return softened
        .logSoftmax(-1)
        .mul(answer)
        .sum(ROWS_AND_LABELS)
        .mul(scope.create((float) -scale));
  }
}
