package org.sparkadept.pipeline.report.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.report.data.Evaluation.ClassFigures;
import org.sparkadept.pipeline.report.data.Evaluation.ConfusedPair;
import org.sparkadept.pipeline.report.data.Explanation.Decision;

/** What follows from the records' components; the terminal and the pages show it alike. */
class DerivedFiguresTest {
  private static final Provenance PROVENANCE = new Provenance("model", "data", "1", "now");

  @Test
  void figuresOfClassesComeFromTheTables() {
    long[][] exits = {{3, 1}, {0, 4}, {0, 0}};
    long[][] confusion = {{3, 1, 0}, {2, 2, 0}, {0, 0, 0}};
    Evaluation evaluation =
        new Evaluation(
            PROVENANCE,
            new InputCounts(8, 0, 0, 0, 0, 0, List.of(), List.of()),
            "adept",
            0.5,
            8,
            List.of("a", "b", "c"),
            0.625,
            1,
            0.5,
            0.25,
            2,
            0.625,
            5,
            List.of(new Evaluation.Exit(2, 3, 1, 1, 1), new Evaluation.Exit(6, 5, 1, 1, 1)),
            List.of(),
            List.of(),
            0,
            List.of(),
            exits,
            confusion,
            null);

    assertEquals(2.5, evaluation.speedup());
    assertEquals(0.375, evaluation.share(evaluation.exits().get(0)));
    assertEquals(0.75, evaluation.exitShare(0, 0));
    assertEquals(
        List.of(
            new ClassFigures(0, "a", 4, 0.75, 0.6, 3),
            new ClassFigures(1, "b", 4, 0.5, 2 / 3.0, 6),
            new ClassFigures(2, "c", 0, Double.NaN, Double.NaN, Double.NaN)),
        evaluation.classes());
    assertEquals(List.of(new ConfusedPair("b", "a", 2, 0.5)), evaluation.mostConfused(1));
    assertEquals(2, evaluation.mostConfused(9).size());
  }

  @Test
  void oneExitAnswersAndLaterOnesAreNotRun() {
    List<Explanation.Step> steps =
        List.of(step(1, false), step(2, true), step(3, true), step(4, false));
    List<Explanation.Token> tokens =
        List.of(new Explanation.Token("a", 1), new Explanation.Token("b", 0));
    Explanation explanation =
        new Explanation(
            "",
            "",
            "ab",
            false,
            "a",
            1,
            List.of(),
            false,
            2,
            4,
            0.5,
            "adept",
            0.5,
            List.of("a"),
            steps,
            tokens);

    assertEquals(
        List.of(Decision.CONTINUES, Decision.ANSWERS, Decision.NOT_RUN, Decision.NOT_RUN),
        steps.stream().map(explanation::decision).toList());
    assertEquals(List.of(1, 2), tokens.stream().map(explanation::depth).toList());
  }

  private static Explanation.Step step(int layer, boolean exits) {
    return new Explanation.Step(layer, "a", 1, List.of(), 0.5, exits, List.of(1.0));
  }

  @Test
  void theCheapestPointIsOneThatAgreesOftenEnough() {
    FrontierPoint cheap = new FrontierPoint("adept", 0.1, 0.2, 0.9, 0.97, 1);
    FrontierPoint middle = new FrontierPoint("adept", 0.5, 0.4, 0.9, 0.99, 2);
    FrontierPoint dear = new FrontierPoint("adept", 0.9, 0.8, 0.9, 1, 3);
    FrontierPoint other = new FrontierPoint("entropy", 0.9, 0.3, 0.9, 1, 3);
    List<FrontierPoint> points = List.of(dear, other, cheap, middle);

    assertEquals(
        List.of(cheap, middle, dear), FrontierPoint.byPolicy(points).get("adept"), "by compute");
    assertEquals(middle, FrontierPoint.cheapest(List.of(dear, cheap, middle), 0.99).orElseThrow());
    assertTrue(FrontierPoint.cheapest(List.of(cheap), 0.99).isEmpty());
  }

  @Test
  void aRiskCurveKnowsItsChosenPointAndWhichKeepToTheTarget() {
    RiskCurve.Point risky = new RiskCurve.Point(0.1, 0.01, 0.03, 0.1);
    RiskCurve.Point safe = new RiskCurve.Point(0.9, 0, 0.02, 0.5);
    List<RiskCurve.Point> points = List.of(risky, safe);
    RiskCurve curve = new RiskCurve("disagreement", "adept", false, 0.02, 0.95, 0.95, 0.9, points);

    assertTrue(curve.hasChosen());
    assertTrue(curve.chosen(safe) && curve.keepsTarget(safe));
    assertFalse(curve.chosen(risky) || curve.keepsTarget(risky));
  }
}
