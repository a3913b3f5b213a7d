package org.sparkadept.pipeline.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.pipeline.calibrate.PrecisionTarget;
import org.sparkadept.pipeline.job.ModelPath;
import org.sparkadept.pipeline.outcome.AnswerSums;
import org.sparkadept.pipeline.outcome.Candidate;
import org.sparkadept.pipeline.outcome.ExitOutcomes;
import org.sparkadept.pipeline.outcome.HeadSums;
import org.sparkadept.pipeline.outcome.LabelCounts;
import org.sparkadept.pipeline.outcome.OutcomePlan;
import org.sparkadept.pipeline.outcome.OutcomeSums;
import org.sparkadept.pipeline.outcome.ShortDecimal;
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
public record EvaluationPlan(PolicyKind policy, double threshold, OutcomePlan outcomes) {

  /**
   * Reads the model directory.
   *
   * @param conf names the model and its exits
   * @throws AdeptException if no model is named, or it or an option cannot be used
   */
  public static EvaluationPlan of(AdeptConf conf) {
    ComputeOptions compute = conf.computeOptions();
    ClassifierOptions options = conf.classifierOptions();
    ModelLocation model = ModelPath.location(conf);
    try (ModelDirectory directory = ModelDirectory.open(model.source())) {
      FittedExits exits = new FittedExits(directory, directory.tensors());
      exits.policy(options.policy(), options.threshold());
      AdeptParts parts = directory.adept().orElse(null);
      return parts == null
          ? withoutExits(model, compute, directory, options)
          : withExits(model, compute, parts, options);
    }
  }

  private static EvaluationPlan withoutExits(
      ModelLocation model,
      ComputeOptions compute,
      ModelDirectory directory,
      ClassifierOptions options) {
    ClassifierOptions fullDepth = options.atFullDepth().withMinScore(options.minScoreOr(0));
    return new EvaluationPlan(
        PolicyKind.NONE,
        Double.NaN,
        new OutcomePlan(
            model,
            compute,
            new ArrayList<>(directory.labels()),
            directory.rule(),
            new int[] {directory.config().layers()},
            new OutcomePlan.Answers(fullDepth, fullDepth),
            new ArrayList<>(List.of(fullDepth)),
            new ArrayList<>(),
            false));
  }

  private static EvaluationPlan withExits(
      ModelLocation model, ComputeOptions compute, AdeptParts parts, ClassifierOptions options) {
    List<PolicyKind> policies = ThresholdGrid.policies(parts);
    PolicyKind policy = options.policy() == PolicyKind.MODEL ? parts.policy() : options.policy();
    float threshold = Float.NaN;
    if (policy != PolicyKind.NONE) {
      boolean requested = !Float.isNaN(options.threshold()) || policy != parts.policy();
      threshold = requested ? options.threshold() : parts.threshold();
    }
    float minScore = options.minScoreOr(parts.minScore());
    Candidate chosen = policy == PolicyKind.NONE ? null : new Candidate(policy, threshold);
    int[] exits = parts.exitLayers();
    return new EvaluationPlan(
        policy,
        ShortDecimal.of(threshold),
        new OutcomePlan(
            model,
            compute,
            new ArrayList<>(parts.labels()),
            parts.rule(),
            exits,
            new OutcomePlan.Answers(
                options.withPolicy(policy, threshold).withMinScore(minScore),
                options.atFullDepth().withMinScore(minScore)),
            new ArrayList<>(List.of(options.withPolicy(policies.get(0), 1))),
            new ArrayList<>(ThresholdGrid.frontier(policies, exits.length, chosen)),
            false));
  }

  /** The model. */
  public ModelLocation model() {
    return outcomes.model();
  }

  /** Where the model is computed. */
  public ComputeOptions compute() {
    return outcomes.compute();
  }

  /** How the model answers. */
  public ClassifierOptions answering() {
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
        policy.toString(),
        threshold,
        sums.counts().scored(),
        labels(),
        answers.right() / rows,
        answers.agreeing() / rows,
        answers.compute(),
        answers.computeOfCheckpoint(),
        answers.seconds(),
        exitOutcomes.fullDepthAccuracy(),
        answers.fullDepthSeconds(),
        exits(answers, exitOutcomes.heads()),
        exitOutcomes.points(),
        answers.bins(),
        ShortDecimal.of(answering().minScore()),
        outcomes.rule().isMultiLabel()
            ? List.of()
            : PrecisionTarget.points(answers.coverage(), 1 - Evaluation.BOUND_CONFIDENCE),
        answers.exitsOfLabel(),
        answers.confusion(),
        outcomes.rule().isMultiLabel() ? multiLabel(answers) : null);
  }

  private Evaluation.MultiLabel multiLabel(AnswerSums answers) {
    LabelCounts counts = answers.labelCounts();
    float[] thresholds = outcomes.rule().thresholds();
    List<Evaluation.LabelFigures> figures = new ArrayList<>();
    for (int label = 0; label < thresholds.length; label++) {
      figures.add(
          new Evaluation.LabelFigures(
              labels().get(label),
              ShortDecimal.of(thresholds[label]),
              counts.rows(label),
              counts.answered(label),
              counts.right(label),
              counts.f1(label)));
    }
    return new Evaluation.MultiLabel(
        counts.microF1(),
        counts.macroF1(),
        answers.fullDepthLabelCounts().microF1(),
        answers.fullDepthLabelCounts().macroF1(),
        figures);
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
