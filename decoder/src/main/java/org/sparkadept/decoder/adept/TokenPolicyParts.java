package org.sparkadept.decoder.adept;

/**
 * When tokens other than the class token leave, as the block {@code token_policy} of {@code
 * adept.json} says: {@code {"threshold": 0.5, "exit_layers": [1, 2], "enabled": true}}.
 *
 * @param threshold τ_t in (0, 1]
 * @param exitLayers exit layers with a token policy, from 1, ascending, none of them the last
 * @param enabled whether tokens leave unless something else is asked for; without the key they do.
 *     A calibration switches this and leaves the tensors alone, so that the next may switch it back
 */
public record TokenPolicyParts(float threshold, int[] exitLayers, boolean enabled) {}
