package org.sparkadept.pipeline.calibrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.pipeline.outcome.ExitOutcomes;
import org.sparkadept.pipeline.report.data.Calibration;
import org.sparkadept.pipeline.report.data.ConfidenceBin;
import org.sparkadept.pipeline.report.data.FrontierPoint;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.pipeline.report.data.RiskCurve;

/**
 * The threshold that the calibration rows chose.
 *
 * @param outcomes of the sequence that the threshold was chosen from
 * @param policy the policy that gets the threshold
 * @param candidate index of the chosen candidate; -1 where none keeps to the target
 * @param tokens whether tokens leave in that sequence
 * @param target the guarantee
 * @param sequenceDelta the δ that this sequence of tests had
 */
public record Choice(
    ExitOutcomes outcomes,
    PolicyKind policy,
    int candidate,
    boolean tokens,
    RiskTarget target,
    double sequenceDelta) {

  /** Whether a threshold keeps to the target; rows run at full depth where not. */
  public boolean found() {
    return candidate >= 0;
  }

  /** τ; NaN where there is none. */
  public float threshold() {
    return found() ? outcomes.candidate(candidate).threshold() : Float.NaN;
  }

  /** The policy at the chosen threshold; empty where there is none. */
  public Optional<FrontierPoint> point() {
    return found() ? Optional.of(outcomes.point(candidate)) : Optional.empty();
  }

  /** Share of full depth's floating-point operations. */
  public double compute() {
    return found() ? outcomes.compute(candidate) : 1;
  }

  /** The block {@code calibration} of {@code adept.json}. */
  public Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("target", target.kind().param());
    figures.put("epsilon", target.epsilon());
    figures.put("delta", target.delta());
    figures.put("rows", outcomes.rows());
    figures.put("full_depth_accuracy", outcomes.fullDepthAccuracy());
    figures.put("passed", found());
    figures.put("token_exit", tokens);
    if (found()) {
      FrontierPoint point = outcomes.point(candidate);
      figures.put("tau", point.threshold());
      figures.put("violations", target.kind().violations(outcomes, candidate));
      figures.put("accuracy", point.accuracy());
      figures.put("agreement_with_full_depth", point.agreement());
      figures.put("compute", point.compute());
      figures.put("mean_exit_layer", point.meanExitLayer());
    }
    return figures;
  }

  /** The risk over the thresholds of the sequence, for reports. */
  public RiskCurve curve() {
    List<RiskCurve.Point> points = new ArrayList<>();
    for (int i : outcomes.candidatesOf(policy)) {
      long violations = target.kind().violations(outcomes, i);
      points.add(
          0,
          new RiskCurve.Point(
              outcomes.candidate(i).shownThreshold(),
              (double) violations / outcomes.rows(),
              Binomial.upperBound(outcomes.rows(), violations, sequenceDelta),
              outcomes.compute(i)));
    }
    return new RiskCurve(
        target.kind().measure(),
        policy.toString(),
        tokens,
        target.epsilon(),
        1 - target.delta(),
        1 - sequenceDelta,
        found() ? outcomes.candidate(candidate).shownThreshold() : Double.NaN,
        points);
  }

  /**
   * The report of the calibration.
   *
   * @param output the file that holds the threshold
   * @param seconds the calibration took
   */
  public Calibration report(Provenance provenance, String output, double seconds) {
    return new Calibration(provenance, output, outcomes.rows(), seconds, curve(), reliability());
  }

  /** Probabilities of the chosen candidate's answers; empty where there is none. */
  public List<ConfidenceBin> reliability() {
    return found() ? outcomes.bins(candidate) : List.of();
  }
}
