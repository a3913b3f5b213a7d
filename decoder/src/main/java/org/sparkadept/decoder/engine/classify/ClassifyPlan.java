package org.sparkadept.decoder.engine.classify;

import java.util.SortedMap;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * How rows are classified.
 *
 * @param config the shape of the model
 * @param heads exit heads by layer, from 0; the model ends at the last one, the reference
 * @param rule how logits become an answer
 * @param ensemble whether the logits of an exit are the mean of those of all heads up to there
 * @param checkpointLayers layers of the checkpoint, which may go on above the reference
 * @param policy when a row exits
 * @param tokenExits how tokens exit
 * @param classTokenFirst whether the class token runs an exit layer before the other tokens of its
 *     row; changes no answer
 * @param mergeSurvivors whether rows that go on are packed together anew; changes no answer
 * @param microBatchTokens tokens that run through a segment of layers together
 * @param waveTokens most tokens that are alive at once in a session
 */
public record ClassifyPlan(
    ModelConfig config,
    SortedMap<Integer, ExitHead> heads,
    LabelRule rule,
    boolean ensemble,
    int checkpointLayers,
    ExitPolicy policy,
    TokenExits tokenExits,
    boolean classTokenFirst,
    boolean mergeSurvivors,
    int microBatchTokens,
    int waveTokens) {

  /** How many layers run at full depth. */
  public int layers() {
    return heads.lastKey() + 1;
  }

  /** The head of full depth. */
  public ExitHead reference() {
    return heads.get(heads.lastKey());
  }

  /** What the heads read that an answer at full depth takes. */
  public ExitHead.Input[] fullDepthInputs() {
    return RowCost.headsRead(
        ensemble, heads.values().stream().map(ExitHead::input).toArray(ExitHead.Input[]::new));
  }

  /** Number of labels. */
  public int labels() {
    return reference().outputs();
  }

  /** Whether the head after a layer reads the mean of the tokens before that layer. */
  public boolean readsMean(int layer) {
    return heads.containsKey(layer)
        && heads.get(layer).input() == ExitHead.Input.CLASS_TOKEN_AND_MEAN;
  }
}
