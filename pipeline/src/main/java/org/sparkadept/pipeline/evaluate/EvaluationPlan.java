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
import org.sparkadept.pipeline.outcome.AnswerSums;
import org.sparkadept.pipeline.outcome.Candidate;
import org.sparkadept.pipeline.outcome.ExitOutcomes;
import org.sparkadept.pipeline.outcome.HeadSums;
import org.sparkadept.pipeline.outcome.OutcomePlan;
import org.sparkadept.pipeline.outcome.OutcomeSums;
import org.sparkadept.pipeline.outcome.ThresholdGrid;
import org.sparkadept.pipeline.report.data.Evaluation;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * A comparison of a model's exit policy with full depth.
 *
 * @param policy the exit policy
 * @param threshold its τ; NaN where it has none
 * @param outcomes how rows are taken through the model: with the policy, at full depth, and through
 *     every exit
 */
public record EvaluationPlan(String policy, double threshold, OutcomePlan outcomes) {

  /**
   * Reads the model directory.
   *
   * @param conf names the model and its exits
   * @throws AdeptException if no model is named, or it or an option cannot be used
   */
  public static EvaluationPlan of(AdeptConf conf) {
    DecoderOptions options = conf.decoderOptions();
    ModelLocation model = ModelPath.location(conf);
    try (ModelDirectory directory = ModelDirectory.open(model.path())) {
      ExitPolicies.choose(directory, options.exit());
      AdeptParts parts = directory.adept().orElse(null);
      return parts == null
          ? withoutExits(model, directory.config(), options)
          : withExits(model, parts, options);
    }
  }

  private static EvaluationPlan withoutExits(
      ModelLocation model, ModelConfig config, DecoderOptions options) {
    DecoderOptions fullDepth = options.withPolicy("none", Float.NaN);
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
      ModelLocation model, AdeptParts parts, DecoderOptions options) {
    List<String> policies = ThresholdGrid.policies(parts);
    String kind = options.exit().policy();
    String policy = kind.equals("model") ? parts.policyKind() : kind;
    float threshold = policy.equals("none") ? Float.NaN : options.exit().threshold();
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
                options.withPolicy(policy, threshold), options.withPolicy("none", Float.NaN)),
            new ArrayList<>(List.of(options.withPolicy(policies.get(0), 1))),
            new ArrayList<>(ThresholdGrid.frontier(policies, exits.length, chosen)),
            false));
  }

  /** The model. */
  public ModelLocation model() {
    return outcomes.model();
  }

  /** How the model answers. */
  public DecoderOptions answering() {
    return outcomes.answers().policy();
  }

  /** The model's labels. */
  public List<String> labels() {
    return outcomes.labels();
  }

  /** Its exit layers, counted from 1. */
  public int[] exitLayers() {
    return outcomes.exitLayers();
  }

  /**
   * The report.
   *
   * @param sums of the rows that were taken through the model, at least one
   */
  public Evaluation report(Provenance provenance, OutcomeSums sums) {
    double rows = sums.counts().scored();
    AnswerSums answers = sums.answers();
    ExitOutcomes exitOutcomes = sums.outcomes().get(0);
    return new Evaluation(
        provenance,
        sums.counts().counts(),
        policy,
        threshold,
        sums.counts().scored(),
        labels(),
        answers.right() / rows,
        answers.agreeing() / rows,
        answers.compute(),
        answers.seconds(),
        exitOutcomes.fullDepthAccuracy(),
        answers.fullDepthSeconds(),
        exits(answers, exitOutcomes.heads()),
        exitOutcomes.points(),
        answers.bins(),
        answers.exitsOfLabel(),
        answers.confusion());
  }

  private List<Evaluation.Exit> exits(AnswerSums answers, HeadSums heads) {
    List<Evaluation.Exit> exits = new ArrayList<>();
    for (int exit = 0; exit < exitLayers().length; exit++) {
      exits.add(
          new Evaluation.Exit(
              exitLayers()[exit],
              answers.rowsAt(exit),
              (double) answers.rightAt(exit) / answers.rowsAt(exit),
              heads.accuracy(exit),
              heads.agreement(exit)));
    }
    return exits;
  }
}
