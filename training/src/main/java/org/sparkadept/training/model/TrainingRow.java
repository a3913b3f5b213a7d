package org.sparkadept.training.model;

/**
 * A labelled row as token ids.
 *
 * @param tokens token ids, the class token last; one or more
 * @param label class id
 * @param teacher log-probabilities of the labels that another model gives, {@code [labels]}; null
 *     without one
 */
public record TrainingRow(int[] tokens, int label, float[] teacher) {

  /** A row without a teacher. */
  public TrainingRow(int[] tokens, int label) {
    this(tokens, label, null);
  }
}
