package org.sparkadept.decoder.adept;

import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.format.safetensors.Checkpoint;

/**
 * What makes a checkpoint exit early: {@code adept.json} and {@code adept.safetensors}, checked
 * against the checkpoint that they lie beside.
 *
 * <p>Tensors: {@code exit.E.weight} [labels, width] and {@code exit.E.bias} [labels] for each exit
 * layer E; neither for the last layer where the checkpoint has a classification head of its own.
 * For the policy {@code adept}, at each exit layer but the model's last: {@code policy.E.state}
 * [width], {@code policy.E.readout} [4], {@code policy.E.bias} [1]. For a token policy, at each of
 * its layers: {@code token.E.weight} [6], {@code token.E.bias} [1] and, for each layer L above, the
 * hidden state mapper {@code mapper.E.L.weight} [2·keyWidth, width], {@code mapper.E.L.bias}
 * [2·keyWidth]. The tensors of policies are checked by who uses them, so that they cannot stand in
 * others' way.
 *
 * @param formatVersion version of the format of {@code adept.json}
 * @param labels label names, in the order of the exit heads' rows
 * @param exitLayers layers after which a row may exit, from 1, ascending; the last is the model's
 * @param policyKind exit policy: {@code adept}, {@code confidence}, {@code entropy}, {@code
 *     patience} or {@code none}
 * @param threshold exit threshold τ in (0, 1]; NaN where the policy is {@code none} and has none
 * @param tokenPolicy when tokens leave; null where none was fitted
 * @param fittedOn hash ({@code sha256:…}) of each file that the parts were fitted on, by file name
 * @param tensors exit heads, policies and mapper
 */
public record AdeptParts(
    int formatVersion,
    List<String> labels,
    int[] exitLayers,
    String policyKind,
    float threshold,
    TokenPolicyParts tokenPolicy,
    Map<String, String> fittedOn,
    Checkpoint tensors) {}
