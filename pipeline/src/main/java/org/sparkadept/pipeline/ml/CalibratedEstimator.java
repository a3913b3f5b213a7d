package org.sparkadept.pipeline.ml;

import org.apache.spark.ml.param.DoubleParam;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.calibrate.RiskTarget;

/** The params of {@link AdeptClassifier} that say what is guaranteed of its answers. */
public abstract class CalibratedEstimator extends ScoringEstimator {
  private static final long serialVersionUID = 1L;

  private final DoubleParam maxDisagreement;
  private final DoubleParam maxAccuracyLoss;
  private final DoubleParam delta;

  CalibratedEstimator(String uid) {
    super(uid);
    maxDisagreement =
        new DoubleParam(this, "maxDisagreement", "most rows answered not as at full depth");
    maxAccuracyLoss =
        new DoubleParam(this, "maxAccuracyLoss", "most rows right at full depth, but wrong early");
    delta = new DoubleParam(this, "delta", "1 - confidence of the guarantee");
    setDefault(maxDisagreement, 0.01);
    setDefault(delta, 0.05);
  }

  /**
   * What the params ask for.
   *
   * @throws AdeptException if they ask for two things, or a value is out of its range
   */
  final RiskTarget target() {
    boolean loss = isSet(maxAccuracyLoss);
    if (loss && isSet(maxDisagreement)) {
      throw new AdeptException("Set maxDisagreement or maxAccuracyLoss, not both.");
    }
    return loss
        ? new RiskTarget(RiskTarget.Kind.ACCURACY_LOSS, number(maxAccuracyLoss), number(delta))
        : new RiskTarget(RiskTarget.Kind.DISAGREEMENT, number(maxDisagreement), number(delta));
  }

  final double number(DoubleParam param) {
    return (double) getOrDefault(param);
  }

  /**
   * The guarantee: at most this share of rows is answered other than at full depth. Default: 0.01.
   */
  public DoubleParam maxDisagreement() {
    return maxDisagreement;
  }

  /** Sets {@link #maxDisagreement}. */
  public AdeptClassifier setMaxDisagreement(double value) {
    set(maxDisagreement, value);
    return (AdeptClassifier) this;
  }

  /**
   * The guarantee in its place: at most this share of rows is right at full depth, but wrong early.
   */
  public DoubleParam maxAccuracyLoss() {
    return maxAccuracyLoss;
  }

  /** Sets {@link #maxAccuracyLoss}. */
  public AdeptClassifier setMaxAccuracyLoss(double value) {
    set(maxAccuracyLoss, value);
    return (AdeptClassifier) this;
  }

  /** δ: the guarantee holds with confidence 1 − δ. Default: 0.05. */
  public DoubleParam delta() {
    return delta;
  }

  /** Sets {@link #delta}. */
  public AdeptClassifier setDelta(double value) {
    set(delta, value);
    return (AdeptClassifier) this;
  }
}
