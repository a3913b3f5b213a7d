package org.sparkadept.pipeline.calibrate;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.pipeline.job.ModelPath;
import org.sparkadept.pipeline.outcome.Candidate;
import org.sparkadept.pipeline.outcome.OutcomePlan;
import org.sparkadept.pipeline.outcome.ThresholdGrid;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * The pass of a calibration over the rows: one policy at many thresholds, without and with token
 * exits.
 *
 * @param policy kind of the policy
 * @param outcomes how the rows are taken through the model
 */
public record CalibrationPlan(PolicyKind policy, OutcomePlan outcomes) {

  /**
   * Reads the model directory.
   *
   * @param conf names the model
   * @param requested kind of the policy; null for the model's own, or where that is none the best
   *     that it has weights for
   * @throws AdeptException if the model has no exits, or none for this policy
   */
  static CalibrationPlan of(AdeptConf conf, PolicyKind requested) {
    ModelLocation model = ModelPath.location(conf);
    try (ModelDirectory directory = ModelDirectory.open(model.source())) {
      AdeptParts parts =
          directory
              .adept()
              .orElseThrow(
                  () ->
                      new AdeptException(
                          model
                              + " has no exits to calibrate (no adept.json); fit the model"
                              + " first."));
      PolicyKind own = parts.policy();
      PolicyKind best = own == PolicyKind.NONE ? ThresholdGrid.policies(parts).get(0) : own;
      PolicyKind policy = requested == null ? best : requested;
      if (!new FittedExits(directory, directory.tensors()).policy(policy, 1).early()) {
        throw new AdeptException("The policy 'none' has no threshold to calibrate.");
      }
      return of(
          model,
          conf.computeOptions(),
          parts.labels(),
          parts.rule(),
          parts.exitLayers(),
          conf.classifierOptions(),
          parts.tokenPolicy() != null,
          policy,
          List.of(),
          false);
    }
  }

  /**
   * A plan for a model whose parts are known.
   *
   * @param options bound on tokens; exit settings are the plan's own
   * @param tokens whether the model has a token policy, be it enabled or not
   * @param policy kind of the policy to calibrate
   * @param others candidates that are tried beside it, for comparison
   * @param losses whether the heads' cross-entropy is wanted
   */
  public static CalibrationPlan of(
      ModelLocation model,
      ComputeOptions compute,
      List<String> labels,
      LabelRule rule,
      int[] exitLayers,
      ClassifierOptions options,
      boolean tokens,
      PolicyKind policy,
      List<Candidate> others,
      boolean losses) {
    ArrayList<Candidate> candidates =
        new ArrayList<>(ThresholdGrid.sequence(policy, exitLayers.length));
    candidates.addAll(others);
    ArrayList<ClassifierOptions> tracings = new ArrayList<>();
    ClassifierOptions tracing = options.withPolicy(policy, 1);
    tracings.add(tracing.withTokenExit(TokenExitKind.NONE));
    if (tokens) {
      tracings.add(tracing.withTokenExit(TokenExitKind.FITTED));
    }
    return new CalibrationPlan(
        policy,
        new OutcomePlan(
            model,
            compute,
            new ArrayList<>(labels),
            rule,
            exitLayers,
            null,
            tracings,
            candidates,
            losses));
  }
}
