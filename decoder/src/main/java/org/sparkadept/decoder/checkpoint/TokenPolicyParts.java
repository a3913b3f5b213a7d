package org.sparkadept.decoder.checkpoint;

/**
 * When tokens other than the class token leave, as {@code adept.json} says.
 *
 * @param threshold τ_t in (0, 1]
 * @param exitLayers exit layers with a token policy, from 1, ascending, none of them the last
 */
public record TokenPolicyParts(float threshold, int[] exitLayers) {}
