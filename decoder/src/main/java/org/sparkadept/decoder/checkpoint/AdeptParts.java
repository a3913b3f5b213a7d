package org.sparkadept.decoder.checkpoint;

import java.util.List;
import java.util.Map;

/**
 * What makes a checkpoint exit early: {@code adept.json} and {@code adept.safetensors}, checked
 * against the checkpoint that they lie beside.
 *
 * <p>Tensors: {@code exit.E.weight} [labels, width] and {@code exit.E.bias} [labels] for each exit
 * layer E; neither for the last layer where the checkpoint has a classification head of its own.
 *
 * @param formatVersion version of the format of {@code adept.json}
 * @param labels label names, in the order of the exit heads' rows
 * @param exitLayers layers after which a row may exit, from 1, ascending; the last is the model's
 * @param policyKind exit policy: {@code confidence} or {@code none}
 * @param threshold exit threshold τ in (0, 1]; NaN where the policy is {@code none} and has none
 * @param fittedOn hash ({@code sha256:…}) of each file that the parts were fitted on, by file name
 * @param tensors the exit heads
 */
public record AdeptParts(
    int formatVersion,
    List<String> labels,
    int[] exitLayers,
    String policyKind,
    float threshold,
    Map<String, String> fittedOn,
    Checkpoint tensors) {}
