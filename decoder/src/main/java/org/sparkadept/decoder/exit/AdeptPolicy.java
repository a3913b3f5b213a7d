package org.sparkadept.decoder.exit;

import java.util.Map;
import org.sparkadept.decoder.result.ExitReadout;

/**
 * The policy {@code adept}: {@code π_e = σ(u_e·norm(h_e) + w_e·φ_e + b_e)} with the {@link
 * Features} φ of the answer, and a row exits at the first exit with {@code π_e ≥ τ}. A logistic
 * form of the preference {@code P(exit | s) ∝ exp(λ·T − β·C)} of ADEPT (arXiv 2601.03700); λ and β
 * are in the fitted weights.
 */
public final class AdeptPolicy implements ExitPolicy {
  /** How many features of the read-out the policy weighs. */
  public static final int READOUT_FEATURES = 4;

  /** What logarithms are taken of is this at least, so that a certain answer's are finite. */
  static final float LEAST = 1e-5f;

  /** What the policy reads of an exit's answer. */
  public enum Features {
    /**
     * {@code [probability, margin, entropy, same]}: same is 1 where the exit before gave the same
     * label, else 0.
     */
    PROBABILITIES {
      @Override
      public float[] of(ExitReadout readout) {
        return new float[] {
          readout.probability(), readout.margin(), readout.entropy(), same(readout)
        };
      }
    },

    /**
     * {@code [ln p/(1 − p), ln p/p₂, ln entropy, same]} with p and p₂ the probabilities of the
     * first and the second label; a divisor, and the entropy, are {@value #LEAST} at least. Where
     * almost all answers are right, these tell sure ones from very sure ones, and probabilities
     * hardly do.
     */
    LOG_ODDS {
      @Override
      public float[] of(ExitReadout readout) {
        float probability = readout.probability();
        return new float[] {
          logarithm(probability) - logarithm(1 - probability),
          logarithm(probability) - logarithm(probability - readout.margin()),
          logarithm(readout.entropy()),
          same(readout)
        };
      }
    };

    /**
     * The features of an answer.
     *
     * @return {@link AdeptPolicy#READOUT_FEATURES} values; NaN among them where a logit is not
     *     finite
     */
    public abstract float[] of(ExitReadout readout);

    private static float logarithm(float value) {
      return (float) Math.log(Math.max(value, LEAST));
    }

    private static float same(ExitReadout readout) {
      return readout.streak() > 1 ? 1 : 0;
    }
  }

  /**
   * The policy at one exit.
   *
   * @param state {@code u_e} {@code [inputs of the head]}; null where the policy reads the answer
   *     alone
   * @param features what it reads of the answer
   * @param readout {@code w_e} {@code [4]}
   * @param bias {@code b_e}
   */
  public record Weights(float[] state, Features features, float[] readout, float bias) {}

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
    float[] features = at.features().of(readout);
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
