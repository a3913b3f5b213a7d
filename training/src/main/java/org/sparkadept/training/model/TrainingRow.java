package org.sparkadept.training.model;

import org.sparkadept.decoder.result.LabelSet;

/**
 * A labelled row as token ids.
 *
 * @param tokens token ids, the class token last; one or more
 * @param labels class ids: one, or any number where rows may have several
 * @param teacher log-probabilities of the labels that another model gives, {@code [labels]}; null
 *     without one
 */
public record TrainingRow(int[] tokens, LabelSet labels, float[] teacher) {
  /** A row of one label without a teacher. */
  public TrainingRow(int[] tokens, int label) {
    this(tokens, LabelSet.of(label), null);
  }

  /** The class id of a row that has one. */
  public int label() {
    return labels.get(0);
  }
}
