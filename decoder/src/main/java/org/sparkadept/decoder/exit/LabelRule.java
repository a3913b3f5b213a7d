package org.sparkadept.decoder.exit;

import java.io.Serializable;
import java.util.Arrays;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.LabelSet;

/** How the logits of a head become probabilities and an answer: the kind of the problem. */
public interface LabelRule extends Serializable {
  /** Each row has one label: probabilities are softmax, the answer is the most probable label. */
  LabelRule SINGLE_LABEL = new SingleLabelRule();

  /**
   * A row may have several labels, or none: probabilities are {@code σ(z)}, label by label, and the
   * answer is all labels that reach their thresholds.
   *
   * @param thresholds in (0, 1), by label
   * @throws IllegalArgumentException if one is out of its range
   */
  static LabelRule multiLabel(float[] thresholds) {
    return new MultiLabelRule(thresholds);
  }

  /**
   * The same with thresholds of ½.
   *
   * @param labels number of labels
   */
  static LabelRule multiLabel(int labels) {
    float[] thresholds = new float[labels];
    Arrays.fill(thresholds, 0.5f);
    return multiLabel(thresholds);
  }

  /** Whether a row may have several labels. */
  boolean isMultiLabel();

  /** The labels' thresholds; empty where each row has one label. */
  float[] thresholds();

  /**
   * The labels' probabilities {@code [labels]}.
   *
   * @param scores of a head
   */
  float[] probabilities(HeadScores scores);

  /**
   * Reads the scores out.
   *
   * @param scores of a head
   * @param exitLayer the exit layer, from 1
   * @param previous what the exit before said, or null
   */
  ExitReadout readout(HeadScores scores, int exitLayer, ExitReadout previous);

  /**
   * Cross-entropy of the labels that a row has, in nats; where it may have several, summed over all
   * labels.
   *
   * @param probabilities {@code [labels]}; those below 1e-12 count as this
   * @param truth labels of the row, all of which the model has
   */
  double loss(float[] probabilities, LabelSet truth);
}
