package org.sparkadept.decoder.exit;

import java.util.Arrays;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.LabelSet;

/**
 * {@link LabelRule#multiLabel}. A label k is in the answer if {@code p_k = σ(z_k) ≥ t_k}. How
 * settled that is, {@code c_k = σ(|z_k − ln t_k/(1 − t_k)|)} in [½, 1], is the probability of the
 * more probable of the two sides, moved so that the threshold lies at ½. So the answer is the most
 * probable of all sets where labels are independent and have these probabilities. Of it
 *
 * <ul>
 *   <li>the probability is {@code min_k c_k}: a row is as settled as its least settled label;
 *   <li>the margin is that minus {@code 1 − Π_k c_k}, the probability of all other sets;
 *   <li>the entropy is the mean over the labels of that of {@code (c_k, 1 − c_k)}, in bits.
 * </ul>
 */
final class MultiLabelRule implements LabelRule {
  private static final long serialVersionUID = 1L;

  private final float[] thresholds;
  private final double[] logits;

  MultiLabelRule(float[] thresholds) {
    this.thresholds = thresholds.clone();
    logits = new double[thresholds.length];
    for (int i = 0; i < logits.length; i++) {
      double t = thresholds[i];
      if (!(t > 0 && t < 1)) {
        throw new IllegalArgumentException("threshold " + t + " of label " + i);
      }
      logits[i] = Math.log(t) - Math.log1p(-t);
    }
  }

  @Override
  public boolean isMultiLabel() {
    return true;
  }

  @Override
  public float[] thresholds() {
    return thresholds.clone();
  }

  @Override
  public float[] probabilities(HeadScores scores) {
    float[] probabilities = new float[scores.labels()];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = probability(scores.logit(i));
    }
    return probabilities;
  }

  @Override
  public ExitReadout readout(HeadScores scores, int exitLayer, ExitReadout previous) {
    int labels = scores.labels();
    int[] indices = new int[labels];
    float[] reached = new float[labels];
    int size = 0;
    double least = Double.POSITIVE_INFINITY;
    double logarithm = 0;
    double entropy = 0;
    boolean finite = true;
    for (int i = 0; i < labels; i++) {
      float logit = scores.logit(i);
      finite &= Float.isFinite(logit);
      float probability = probability(logit);
      if (probability >= thresholds[i]) {
        indices[size] = i;
        reached[size++] = probability;
      }
      double distance = Math.abs(logit - logits[i]);
      double lost = Math.log1p(Math.exp(-distance)); // −ln c
      least = Math.min(least, distance);
      logarithm -= lost;
      entropy += lost + distance / (1 + Math.exp(distance));
    }
    LabelSet answer = LabelSet.ofAscending(Arrays.copyOf(indices, size));
    float[] probabilities = Arrays.copyOf(reached, size);
    float stateScore = scores.stateScore();
    if (!finite) {
      return new ExitReadout(
          exitLayer, answer, probabilities, Float.NaN, Float.NaN, Float.NaN, 1, stateScore);
    }
    boolean same = previous != null && previous.labels().equals(answer);
    double settled = 1 / (1 + Math.exp(-least));
    return new ExitReadout(
        exitLayer,
        answer,
        probabilities,
        (float) settled,
        (float) (settled + Math.expm1(logarithm)),
        (float) Math.min(1, entropy / (labels * Math.log(2))),
        same ? previous.streak() + 1 : 1,
        stateScore);
  }

  private static float probability(float logit) {
    return (float) (1 / (1 + Math.exp(-(double) logit)));
  }

  @Override
  public double loss(float[] probabilities, LabelSet truth) {
    double loss = 0;
    for (int i = 0; i < probabilities.length; i++) {
      double p = probabilities[i];
      loss -= HeadScores.logarithm(truth.contains(i) ? p : 1 - p);
    }
    return loss;
  }
}
