package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.result.ExitReadout;

/**
 * What an exit head gives for one row: the labels' logits and, where the exit policy weighs the
 * state, one score behind them. Softmax is computed in double precision.
 *
 * @param values holds the scores of this row and maybe of others
 * @param from index of the row's first logit
 * @param labels number of labels
 * @param outputs number of outputs of the head: {@code labels}, or one more
 */
public record HeadScores(float[] values, int from, int labels, int outputs) {

  /**
   * Reads the scores out.
   *
   * @param exitLayer the exit layer, from 1
   * @param previous what the exit before said, or null
   */
  public ExitReadout readout(int exitLayer, ExitReadout previous) {
    int top = 0;
    for (int i = 1; i < labels; i++) {
      if (values[from + i] > values[from + top]) {
        top = i;
      }
    }
    double second = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double weighted = 0;
    for (int i = 0; i < labels; i++) {
      double distance = (double) values[from + i] - values[from + top];
      double weight = Math.exp(distance);
      sum += weight;
      weighted += weight > 0 ? weight * distance : 0;
      second = i != top ? Math.max(second, weight) : second;
    }
    float stateScore = outputs > labels ? values[from + labels] : Float.NaN;
    if (!Float.isFinite(values[from + top]) || Double.isNaN(sum)) {
      return new ExitReadout(exitLayer, top, Float.NaN, Float.NaN, Float.NaN, 1, stateScore);
    }
    boolean same = previous != null && previous.label() == top;
    double entropy = (Math.log(sum) - weighted / sum) / Math.log(labels);
    return new ExitReadout(
        exitLayer,
        top,
        (float) (1 / sum),
        (float) ((1 - second) / sum),
        (float) Math.min(1, Math.max(0, entropy)),
        same ? previous.streak() + 1 : 1,
        stateScore);
  }

  /** The labels' probabilities {@code [labels]}. */
  public float[] probabilities() {
    float top = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < labels; i++) {
      top = Math.max(top, values[from + i]);
    }
    double sum = 0;
    for (int i = 0; i < labels; i++) {
      sum += Math.exp((double) values[from + i] - top);
    }
    float[] probabilities = new float[labels];
    for (int i = 0; i < labels; i++) {
      probabilities[i] = (float) (Math.exp((double) values[from + i] - top) / sum);
    }
    return probabilities;
  }
}
