package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.LinearTensors;

/**
 * An exit head: {@code z_e = W_e·x + b_e}, with {@code x} what it reads, normalized by the model's
 * final norm. Compute backends pack the weights of a head once, by identity.
 *
 * @param layer the layer after which it stands, from 0
 * @param input what it reads
 * @param output what it scores
 * @param weights {@code W_e} {@code [outputs, inputs]} and {@code b_e}; may have one output more
 *     than {@code output} says, for an exit policy that weighs the state
 */
public record ExitHead(int layer, Input input, Output output, LinearTensors weights) {

  /** What a head reads of a row. */
  public enum Input {
    /** The class token's state after layer e. */
    CLASS_TOKEN,
    /** The mean of the other tokens' normalized states after layer e − 1. */
    TOKEN_MEAN,
    /** Both, one after the other. */
    CLASS_TOKEN_AND_MEAN
  }

  /** What a head scores. */
  public enum Output {
    /** The labels of a classification. */
    LABELS,
    /** The vocabulary, for the next token. */
    VOCABULARY
  }

  /** A head that scores the labels from the class token. */
  public static ExitHead ofClassToken(int layer, LinearTensors weights) {
    return new ExitHead(layer, Input.CLASS_TOKEN, Output.LABELS, weights);
  }

  /**
   * Refuses a head that a backend cannot compute.
   *
   * @param backend name of a backend that reads class tokens and scores labels, and nothing else
   * @return this head
   * @throws AdeptException if the head is another
   */
  public ExitHead requireClassTokenAndLabels(String backend) {
    if (input != Input.CLASS_TOKEN || output != Output.LABELS) {
      throw new AdeptException(
          String.format(
              "The exit head after layer %d reads %s and scores %s, which the compute backend '%s'"
                  + " cannot compute; it reads %s and scores %s.",
              layer + 1, input, output, backend, Input.CLASS_TOKEN, Output.LABELS));
    }
    return this;
  }

  /** Number of outputs. */
  public int outputs() {
    return weights.weight().rows();
  }
}
