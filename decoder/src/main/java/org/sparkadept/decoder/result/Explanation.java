package org.sparkadept.decoder.result;

import java.util.List;

/**
 * How one text went through the layers.
 *
 * @param label the answer
 * @param probability its probability
 * @param exitLayer the layer, counted from 1, after which the text was answered
 * @param truncated whether the text was cut to the bound on tokens
 * @param exits what each exit says, from the first to the last: for show, those above the answer,
 *     too
 * @param tokens the tokens as the tokenizer writes them, special tokens included
 * @param tokenExits the layer, counted from 1, after which each token left; 0 for those that stayed
 */
public record Explanation(
    String label,
    float probability,
    int exitLayer,
    boolean truncated,
    List<Exit> exits,
    List<String> tokens,
    List<Integer> tokenExits) {

  /**
   * One exit.
   *
   * @param layer the exit layer, counted from 1
   * @param label its most probable label
   * @param probability that label's probability
   * @param value the exit policy's π; NaN where the policy has none
   * @param leaves whether the policy lets the text go here; always at the last layer
   */
  public record Exit(int layer, String label, float probability, float value, boolean leaves) {}
}
