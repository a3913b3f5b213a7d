package org.sparkadept.pipeline.calibrate;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.ExitPolicies;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
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
public record CalibrationPlan(String policy, OutcomePlan outcomes) {

  /**
   * Reads the model directory.
   *
   * @param conf names the model
   * @param requested kind of the policy; null for the model's own, or where that is none the best
   *     that it has weights for
   * @throws AdeptException if the model has no exits, or none for this policy
   */
  static CalibrationPlan of(AdeptConf conf, String requested) {
    ModelLocation model = ModelPath.location(conf);
    try (ModelDirectory directory = ModelDirectory.open(model.path())) {
      AdeptParts parts =
          directory
              .adept()
              .orElseThrow(
                  () ->
                      new AdeptException(
                          model
                              + " has no exits to calibrate (no adept.json); fit the model"
                              + " first."));
      String own = parts.policyKind();
      String best = own.equals("none") ? ThresholdGrid.policies(parts).get(0) : own;
      String policy = requested == null ? best : requested;
      DecoderOptions tracing = conf.decoderOptions().withPolicy(policy, 1);
      if (!ExitPolicies.choose(directory, tracing.exit()).early()) {
        throw new AdeptException("The policy 'none' has no threshold to calibrate.");
      }
      return of(
          model,
          parts.labels(),
          parts.exitLayers(),
          tracing,
          parts.tokenPolicy() != null,
          policy,
          List.of(),
          false);
    }
  }

  /**
   * A plan for a model whose parts are known.
   *
   * @param decoder backend and bound on tokens; exit settings are the plan's own
   * @param tokens whether the model has a token policy, be it enabled or not
   * @param policy kind of the policy to calibrate
   * @param others candidates that are tried beside it, for comparison
   * @param losses whether the heads' cross-entropy is wanted
   */
  public static CalibrationPlan of(
      ModelLocation model,
      List<String> labels,
      int[] exitLayers,
      DecoderOptions decoder,
      boolean tokens,
      String policy,
      List<Candidate> others,
      boolean losses) {
    ArrayList<Candidate> candidates =
        new ArrayList<>(ThresholdGrid.sequence(policy, exitLayers.length));
    candidates.addAll(others);
    ArrayList<DecoderOptions> tracings = new ArrayList<>();
    for (String tokenExit : tokens ? List.of("none", "fitted") : List.of("none")) {
      tracings.add(decoder.withExit(decoder.exit().withPolicy(policy, 1).withTokenExit(tokenExit)));
    }
    return new CalibrationPlan(
        policy,
        new OutcomePlan(
            model, new ArrayList<>(labels), exitLayers, null, tracings, candidates, losses));
  }
}
