package org.sparkadept.decoder.result;

/**
 * What an exit says of a row.
 *
 * @param layer the exit layer, counted from 1
 * @param label index of the most probable label
 * @param probability its probability, in (0, 1]; NaN where a logit is not finite
 * @param margin its probability minus that of the second label, in [0, 1]
 * @param entropy entropy of the labels' probabilities over its largest value, the logarithm of
 *     their number: in [0, 1]
 * @param streak how many exits in a row, this one included, gave this label
 * @param stateScore {@code u_e · norm(h_e)}, what the policy {@code adept} reads from the state
 *     itself; NaN where the head has no such output
 */
public record ExitReadout(
    int layer,
    int label,
    float probability,
    float margin,
    float entropy,
    int streak,
    float stateScore) {}
