package org.sparkadept.pipeline.report;

import java.util.List;

/**
 * What one exit says of one text.
 *
 * @param layer counted from 1
 * @param label the likeliest
 * @param probability of that label
 * @param policyValue π, compared with the threshold; NaN where the policy has none
 * @param exits whether the policy is content here
 * @param probabilities of all labels, in their order
 */
public record ExitStep(
    int layer,
    String label,
    double probability,
    double policyValue,
    boolean exits,
    List<Double> probabilities) {

  /** Copies the list. */
  public ExitStep {
    probabilities = List.copyOf(probabilities);
  }
}
