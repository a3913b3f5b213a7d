package org.sparkadept.pipeline.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.ExitPolicies;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.pipeline.job.ModelPath;
import org.sparkadept.pipeline.outcome.Candidate;
import org.sparkadept.pipeline.outcome.FittedPolicies;
import org.sparkadept.pipeline.outcome.OutcomePlan;
import org.sparkadept.pipeline.outcome.ThresholdGrid;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * What is to be compared, known before any row is read.
 *
 * @param policy the exit policy that the model is asked with
 * @param threshold its τ; NaN where it has none
 * @param outcomes how rows are taken through the model: asked, at full depth, and through every
 *     exit
 */
public record EvaluationPlan(String policy, double threshold, OutcomePlan outcomes) {

  /**
   * Reads what the model directory says.
   *
   * @param conf names the model and how it is asked
   * @throws AdeptException if no model is named, or it or an option cannot be used
   */
  public static EvaluationPlan of(AdeptConf conf) {
    DecoderOptions asked = conf.decoderOptions();
    ModelLocation model = ModelPath.location(conf);
    try (ModelDirectory directory = ModelDirectory.open(model.path())) {
      ExitPolicies.choose(directory, asked.exit());
      AdeptParts parts = directory.adept().orElse(null);
      return parts == null
          ? withoutExits(model, directory.config(), asked)
          : withExits(model, parts, asked);
    }
  }

  private static EvaluationPlan withoutExits(
      ModelLocation model, ModelConfig config, DecoderOptions asked) {
    DecoderOptions fullDepth = asked.withPolicy("none", Float.NaN);
    return new EvaluationPlan(
        "none",
        Double.NaN,
        new OutcomePlan(
            model,
            new ArrayList<>(config.labels()),
            new int[] {config.layers()},
            new OutcomePlan.Answers(fullDepth, fullDepth),
            new ArrayList<>(List.of(fullDepth)),
            new ArrayList<>(),
            false));
  }

  private static EvaluationPlan withExits(
      ModelLocation model, AdeptParts parts, DecoderOptions asked) {
    List<String> policies = FittedPolicies.of(parts);
    String kind = asked.exit().policy();
    String policy = kind.equals("model") ? parts.policyKind() : kind;
    float threshold = policy.equals("none") ? Float.NaN : asked.exit().threshold();
    if (Float.isNaN(threshold) && policy.equals(parts.policyKind())) {
      threshold = policy.equals("none") ? Float.NaN : parts.threshold();
    }
    Candidate chosen = policy.equals("none") ? null : new Candidate(policy, threshold);
    int[] exits = parts.exitLayers();
    return new EvaluationPlan(
        policy,
        Double.parseDouble(Float.toString(threshold)),
        new OutcomePlan(
            model,
            new ArrayList<>(parts.labels()),
            exits,
            new OutcomePlan.Answers(
                asked.withPolicy(policy, threshold), asked.withPolicy("none", Float.NaN)),
            new ArrayList<>(List.of(asked.withPolicy(policies.get(0), 1))),
            new ArrayList<>(ThresholdGrid.frontier(policies, exits.length, chosen)),
            false));
  }

  /** The model. */
  public ModelLocation model() {
    return outcomes.model();
  }

  /** How the model answers. */
  public DecoderOptions asked() {
    return outcomes.answers().asked();
  }

  /** The model's labels. */
  public List<String> labels() {
    return outcomes.labels();
  }

  /** Its exit layers, counted from 1. */
  public int[] exitLayers() {
    return outcomes.exitLayers();
  }
}
