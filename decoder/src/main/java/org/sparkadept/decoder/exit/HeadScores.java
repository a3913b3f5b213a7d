package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.result.ExitReadout;

/**
 * What an exit head gives for one row: the labels' logits and, where the exit policy weighs the
 * state, one score behind them.
 *
 * @param values holds the scores of this row and maybe of others
 * @param from index of the row's first logit
 * @param labels number of labels
 * @param outputs number of outputs of the head: {@code labels}, or one more
 * @param rule how the logits become probabilities and an answer
 */
public record HeadScores(float[] values, int from, int labels, int outputs, LabelRule rule) {
  private static final double LEAST_PROBABILITY = 1e-12;

  /**
   * Reads the scores out.
   *
   * @param exitLayer the exit layer, from 1
   * @param previous what the exit before said, or null
   */
  public ExitReadout readout(int exitLayer, ExitReadout previous) {
    return rule.readout(this, exitLayer, previous);
  }

  /** The labels' probabilities {@code [labels]}. */
  public float[] probabilities() {
    return rule.probabilities(this);
  }

  /** The logit of a label. */
  float logit(int label) {
    return values[from + label];
  }

  /** The score behind the logits; NaN where there is none. */
  float stateScore() {
    return outputs > labels ? values[from + labels] : Float.NaN;
  }

  /** Natural logarithm of a probability, finite for 0, too. */
  static double logarithm(double probability) {
    return Math.log(Math.max(probability, LEAST_PROBABILITY));
  }
}
