package org.sparkadept.decoder.adept;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.prompt.Prompt;

/**
 * {@code adept.json} and {@code adept.safetensors} as {@link AdeptFormat} describes them, checked
 * against the checkpoint that they lie beside. The tensors of policies are checked when they are
 * used, so that a damaged one does not stand in the way of other policies.
 *
 * @param labels label names, in the order of the exit heads' rows
 * @param rule how logits become an answer
 * @param exitLayers layers after which a row may exit, from 1, ascending; the last is the
 *     reference, where full depth ends
 * @param headInputs what the head of each exit layer reads, in their order
 * @param ensemble whether the logits of an exit are the mean of those of all heads up to there
 * @param checkpointLayers layers of the checkpoint that the backbone was cut from; at least its own
 * @param tunedSplit how the rows were split that the backbone was tuned on; null where it was not
 * @param prompt what rows are written in; null where a row is its text
 * @param policy kind of the exit policy; never {@link PolicyKind#MODEL}
 * @param threshold exit threshold τ in (0, 1]; NaN where the policy is {@code none} and has none
 * @param tokenPolicy when tokens exit; null where none was fitted
 * @param minScore least score of an answer in [0, 1]; 0 where all rows are answered
 * @param fittedOn hash ({@code sha256:…}) of each file that the parts were fitted on, by file name
 * @param tensors exit heads, policies and mapper
 */
public record AdeptParts(
    List<String> labels,
    LabelRule rule,
    int[] exitLayers,
    List<ExitHead.Input> headInputs,
    boolean ensemble,
    int checkpointLayers,
    TunedSplit tunedSplit,
    Prompt prompt,
    PolicyKind policy,
    float threshold,
    TokenPolicySettings tokenPolicy,
    float minScore,
    Map<String, String> fittedOn,
    TensorStore tensors) {

  /**
   * When tokens other than the class token exit, as the block {@code token_policy} says: {@code
   * {"threshold": 0.5, "exit_layers": [1, 2], "enabled": true}}.
   *
   * @param threshold τ_t in (0, 1]
   * @param exitLayers exit layers with a token policy, from 1, ascending, none of them the last
   * @param enabled whether tokens exit unless something else is requested. A calibration changes
   *     this and leaves the tensors alone, so that the next one may change it back
   */
  public record TokenPolicySettings(float threshold, int[] exitLayers, boolean enabled) {}

  /**
   * How rows were split before a backbone was tuned: by a column, or by a hash of seed and text.
   *
   * @param column name of the column; empty for the hash
   * @param seed of the hash
   * @param train share of the train rows
   * @param validation share of the validation rows
   */
  public record TunedSplit(String column, long seed, double train, double validation)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Whether rows are split alike: seed and shares do not matter where a column says it. */
    public boolean isSame(TunedSplit other) {
      return column.isEmpty() ? equals(other) : column.equals(other.column);
    }
  }

  /** What the head of an exit layer, from 1, reads. */
  public ExitHead.Input headInput(int exitLayer) {
    return headInputs.get(Arrays.binarySearch(exitLayers, exitLayer));
  }

  /** Whether the reference has the checkpoint's own classification head. */
  public boolean usesOwnHead() {
    return !tensors.has(AdeptFormat.headWeight(exitLayers[exitLayers.length - 1]));
  }

  /** Whether the policy {@code adept} was fitted, be it in use or not. */
  public boolean hasAdeptPolicy() {
    return policy == PolicyKind.ADEPT
        || (exitLayers.length > 1 && tensors.has(AdeptFormat.policyBias(exitLayers[0])));
  }
}
