package org.sparkadept.decoder.exit;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.LinearTensors;

/**
 * An exit head: {@code z_e = W_e·x + b_e}, with {@code x} what it reads of a row. Compute backends
 * pack the weights of a head once, by identity.
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
    /** The class token's state after layer e, {@code norm(h_e[c])} with the model's final norm. */
    CLASS_TOKEN,
    /**
     * The same and, behind it, the mean over the row's other tokens j of {@code n(h_{e−1}[j])},
     * with {@code n} the norm without weight and bias: a token that has exited counts with the
     * state that it exited with. The mean of no token is 0.
     */
    CLASS_TOKEN_AND_MEAN;

    /**
     * Reads a name as files and options have it.
     *
     * @throws AdeptException if there is no such input
     */
    public static Input parse(String name) {
      for (Input input : values()) {
        if (input.toString().equals(name)) {
          return input;
        }
      }
      throw new AdeptException(
          "Exit heads read one of " + List.of(values()) + ", not '" + name + "'.");
    }

    /** Length of x in a model of a width. */
    public int size(int width) {
      return this == CLASS_TOKEN ? width : 2 * width;
    }

    /** The name in files and options. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
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
   * @param backend name of a backend that scores labels, and nothing else
   * @param inputs what it can read
   * @return this head
   * @throws AdeptException if the head is another
   */
  public ExitHead require(String backend, Set<Input> inputs) {
    if (!inputs.contains(input) || output != Output.LABELS) {
      throw new AdeptException(
          String.format(
              "The exit head after layer %d reads '%s' and scores %s, which the compute backend"
                  + " '%s' cannot compute; it reads %s and scores %s. Use another backend, or fit"
                  + " with headInput (--head-input) class_token.",
              layer + 1, input, output, backend, new TreeSet<>(inputs), Output.LABELS));
    }
    return this;
  }

  /** Length of what the head reads. */
  public int inputs() {
    return weights.weight().cols();
  }

  /** Number of outputs. */
  public int outputs() {
    return weights.weight().rows();
  }
}
