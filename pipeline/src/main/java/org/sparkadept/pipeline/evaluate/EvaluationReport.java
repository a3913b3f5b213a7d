package org.sparkadept.pipeline.evaluate;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.pipeline.outcome.AnswerSums;
import org.sparkadept.pipeline.outcome.ExitOutcomes;
import org.sparkadept.pipeline.outcome.HeadSums;
import org.sparkadept.pipeline.outcome.OutcomeSums;
import org.sparkadept.pipeline.report.data.Evaluation;
import org.sparkadept.pipeline.report.data.Provenance;

/** From sums to shares. */
public final class EvaluationReport {
  private EvaluationReport() {}

  /**
   * @param provenance where the rows come from
   * @param plan what was compared
   * @param sums over at least one row
   */
  public static Evaluation of(Provenance provenance, EvaluationPlan plan, OutcomeSums sums) {
    double rows = sums.counts().scored();
    AnswerSums answers = sums.answers();
    ExitOutcomes outcomes = sums.outcomes().get(0);
    return new Evaluation(
        provenance,
        sums.counts().counts(),
        plan.policy(),
        plan.threshold(),
        sums.counts().scored(),
        plan.labels(),
        answers.right() / rows,
        answers.agreeing() / rows,
        answers.compute(),
        answers.seconds(),
        outcomes.fullDepthAccuracy(),
        answers.fullDepthSeconds(),
        exits(plan, answers, outcomes.heads()),
        outcomes.points(),
        answers.bins(),
        answers.exitsOfLabel(),
        answers.confusion());
  }

  private static List<Evaluation.Exit> exits(
      EvaluationPlan plan, AnswerSums answers, HeadSums heads) {
    List<Evaluation.Exit> exits = new ArrayList<>();
    for (int exit = 0; exit < plan.exitLayers().length; exit++) {
      exits.add(
          new Evaluation.Exit(
              plan.exitLayers()[exit],
              answers.rowsAt(exit),
              (double) answers.rightAt(exit) / answers.rowsAt(exit),
              heads.accuracy(exit),
              heads.agreement(exit)));
    }
    return exits;
  }
}
