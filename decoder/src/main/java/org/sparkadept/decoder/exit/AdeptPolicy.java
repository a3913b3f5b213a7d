package org.sparkadept.decoder.exit;

import java.util.Map;
import org.sparkadept.decoder.result.ExitReadout;

/**
 * The policy {@code adept}: {@code π_e = σ(u_e·norm(h_e) + w_e·[probability, margin, entropy, same]
 * + b_e)}, and a row exits at the first exit with {@code π_e ≥ τ}; {@code same} is 1 where the exit
 * before gave the same label, else 0. A logistic form of the preference {@code P(exit | s) ∝
 * exp(λ·T − β·C)} of ADEPT (arXiv 2601.03700); λ and β are in the fitted weights.
 */
public final class AdeptPolicy implements ExitPolicy {
  /** How many features of the read-out the policy weighs. */
  public static final int READOUT_FEATURES = 4;

  /**
   * The policy at one exit.
   *
   * @param state {@code u_e} {@code [inputs of the head]}; null where the policy reads the answer
   *     alone
   * @param readout {@code w_e} {@code [4]}
   * @param bias {@code b_e}
   */
  public record Weights(float[] state, float[] readout, float bias) {}

  private final Map<Integer, Weights> weights;
  private final float threshold;

  /**
   * @param weights by exit layer, from 0; the last exit needs none
   * @param threshold τ in (0, 1]
   */
  public AdeptPolicy(Map<Integer, Weights> weights, float threshold) {
    this.weights = Map.copyOf(weights);
    this.threshold = threshold;
  }

  /**
   * The features of a read-out that the policy weighs.
   *
   * @return {@code [probability, margin, entropy, same]}
   */
  public static float[] features(ExitReadout readout) {
    return new float[] {
      readout.probability(), readout.margin(), readout.entropy(), readout.streak() > 1 ? 1 : 0
    };
  }

  @Override
  public boolean exits(ExitReadout readout) {
    return value(readout) >= threshold;
  }

  @Override
  public float value(ExitReadout readout) {
    Weights at = weights.get(readout.layer() - 1);
    if (at == null) {
      return Float.NaN;
    }
    double z = at.bias() + (at.state() == null ? 0.0 : readout.stateScore());
    float[] features = features(readout);
    for (int i = 0; i < READOUT_FEATURES; i++) {
      z += (double) at.readout()[i] * features[i];
    }
    return (float) (1 / (1 + Math.exp(-z)));
  }

  @Override
  public int features(int layer) {
    return weights.containsKey(layer) ? READOUT_FEATURES : 0;
  }

  @Override
  public float[] stateWeights(int layer) {
    Weights at = weights.get(layer);
    return at == null ? null : at.state();
  }
}
