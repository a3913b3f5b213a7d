package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.LabelSet;

/** {@link LabelRule#SINGLE_LABEL}. Softmax is computed in double precision. */
final class SingleLabelRule implements LabelRule {
  private static final long serialVersionUID = 1L;

  @Override
  public boolean isMultiLabel() {
    return false;
  }

  @Override
  public float[] thresholds() {
    return new float[0];
  }

  @Override
  public float[] probabilities(HeadScores scores) {
    int labels = scores.labels();
    float top = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < labels; i++) {
      top = Math.max(top, scores.logit(i));
    }
    double sum = 0;
    for (int i = 0; i < labels; i++) {
      sum += Math.exp((double) scores.logit(i) - top);
    }
    float[] probabilities = new float[labels];
    for (int i = 0; i < labels; i++) {
      probabilities[i] = (float) (Math.exp((double) scores.logit(i) - top) / sum);
    }
    return probabilities;
  }

  @Override
  public ExitReadout readout(HeadScores scores, int exitLayer, ExitReadout previous) {
    int labels = scores.labels();
    int top = 0;
    for (int i = 1; i < labels; i++) {
      if (scores.logit(i) > scores.logit(top)) {
        top = i;
      }
    }
    double second = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double weighted = 0;
    for (int i = 0; i < labels; i++) {
      double distance = (double) scores.logit(i) - scores.logit(top);
      double weight = Math.exp(distance);
      sum += weight;
      weighted += weight > 0 ? weight * distance : 0;
      second = i != top ? Math.max(second, weight) : second;
    }
    float stateScore = scores.stateScore();
    if (!Float.isFinite(scores.logit(top)) || Double.isNaN(sum)) {
      return ExitReadout.ofOne(exitLayer, top, Float.NaN, Float.NaN, Float.NaN, 1, stateScore);
    }
    boolean same = previous != null && previous.label() == top;
    double entropy = (Math.log(sum) - weighted / sum) / Math.log(labels);
    return ExitReadout.ofOne(
        exitLayer,
        top,
        (float) (1 / sum),
        (float) ((1 - second) / sum),
        (float) Math.min(1, Math.max(0, entropy)),
        same ? previous.streak() + 1 : 1,
        stateScore);
  }

  @Override
  public double loss(float[] probabilities, LabelSet truth) {
    return -HeadScores.logarithm(probabilities[truth.get(0)]);
  }
}
