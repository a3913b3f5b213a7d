package org.sparkadept.pipeline.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.prompt.LongRows;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.pipeline.TestTrace;
import org.sparkadept.pipeline.outcome.Candidate;
import org.sparkadept.pipeline.outcome.ExitOutcomes;
import org.sparkadept.pipeline.outcome.RowTrace;
import org.sparkadept.pipeline.outcome.ThresholdGrid;

/** The guarantee, on synthetic traces whose true risk is known. */
class RiskControlTest {
  private static final RiskTarget TARGET = new RiskTarget(RiskTarget.Kind.DISAGREEMENT, 0.05, 0.1);

  /** Two exits; the first disagrees more the less it is preferred: with probability (1 − π) / 2. */
  private static RowTrace row(Random random, int cheaper) {
    float preference = random.nextFloat();
    boolean agrees = random.nextDouble() >= (1 - preference) / 2;
    return whole(
        TestTrace.of(
            new int[] {agrees ? 0 : 1, 0},
            new float[] {preference, Float.NaN},
            new long[] {50 / cheaper, 100}));
  }

  private static RowTrace whole(ExitTrace trace) {
    return new RowTrace(new ExitTrace[] {trace}, LongRows.Merge.MEAN);
  }

  /** P(π ≥ τ and disagrees) = ∫_τ^1 (1 − π) / 2 dπ. */
  private static double trueRisk(double threshold) {
    return (1 - threshold) * (1 - threshold) / 4;
  }

  private static ExitOutcomes outcomes(int rows, Random random) {
    return outcomes(rows, random, 0, 1);
  }

  private static ExitOutcomes outcomes(int rows, Random random, int fullDepth, int cheaper) {
    ExitOutcomes outcomes =
        new ExitOutcomes(ThresholdGrid.sequence(PolicyKind.ADEPT, 2), 2, LabelRule.SINGLE_LABEL);
    for (int i = 0; i < rows; i++) {
      outcomes.add(row(random, cheaper), LabelSet.of(fullDepth), LabelSet.of(0));
    }
    return outcomes;
  }

  @Test
  void overManyDrawsTheTargetIsViolatedNoMoreOftenThanDelta() {
    Random random = new Random(5);
    int draws = 2000;
    int violated = 0;
    double compute = 0;
    for (int draw = 0; draw < draws; draw++) {
      ExitOutcomes outcomes = outcomes(400, random);
      Choice choice = RiskControl.choose(List.of(outcomes), PolicyKind.ADEPT, TARGET);
      assertTrue(choice.found());
      violated += trueRisk(choice.threshold()) > TARGET.epsilon() ? 1 : 0;
      compute += choice.compute() / draws;
    }
    // At most δ, and three standard deviations of 2,000 draws.
    assertTrue(violated <= draws * (TARGET.delta() + 0.02), violated + " of " + draws);
    assertTrue(compute < 0.9, "compute " + compute);
  }

  @Test
  void tailsAreThoseOfTheBinomialDistribution() {
    assertEquals(Math.pow(0.9, 10), Binomial.lowerTail(10, 0.1, 0), 1e-12);
    double two = Math.pow(0.9, 10) + 10 * 0.1 * Math.pow(0.9, 9) + 45 * 0.01 * Math.pow(0.9, 8);
    assertEquals(two, Binomial.lowerTail(10, 0.1, 2), 1e-12);
    assertEquals(1, Binomial.lowerTail(10, 0.1, 10), 0);
    assertEquals(0.05, Binomial.lowerTail(945, Binomial.upperBound(945, 3, 0.05), 3), 1e-9);
  }

  @Test
  void tailsAreTheSumsOfTheirTerms() {
    Random random = new Random(11);
    for (int draw = 0; draw < 500; draw++) {
      long n = 1 + random.nextInt(20_000);
      double p = Math.exp(-10 * random.nextDouble());
      long k = draw % 2 == 0 ? random.nextLong(n + 1) : Math.min(n, random.nextInt(50));
      assertEquals(sumOfTerms(n, p, k), Binomial.lowerTail(n, p, k), 1e-10, n + " " + p + " " + k);
    }
  }

  private static double sumOfTerms(long n, double p, long k) {
    double logTerm = n * Math.log1p(-p);
    double logOdds = Math.log(p) - Math.log1p(-p);
    double sum = Math.exp(logTerm);
    for (long i = 0; i < k; i++) {
      logTerm += Math.log((double) (n - i) / (i + 1)) + logOdds;
      sum += Math.exp(logTerm);
    }
    return Math.min(1, sum);
  }

  @Test
  void theRowsThatAGuaranteeTakesAreTold() {
    assertEquals(299, Binomial.rowsNeeded(0.01, 0.05));
    RiskTarget target = new RiskTarget(RiskTarget.Kind.ACCURACY_LOSS, 0.01, 0.05);
    target.checkRows(299);
    AdeptException thrown = assertThrows(AdeptException.class, () -> target.checkRows(298));
    assertTrue(thrown.getMessage().contains("needs at least 299"), thrown.getMessage());
  }

  @Test
  void whatEarlyExitsPutRightDoesNotCountAgainstAccuracy() {
    ExitOutcomes outcomes =
        new ExitOutcomes(List.of(new Candidate(PolicyKind.ADEPT, 0.5f)), 2, LabelRule.SINGLE_LABEL);
    RowTrace trace =
        whole(TestTrace.of(new int[] {1, 0}, new float[] {0.7f, Float.NaN}, new long[] {50, 100}));
    outcomes.add(trace, LabelSet.of(0), LabelSet.of(1));
    outcomes.add(trace, LabelSet.of(0), LabelSet.of(0));
    assertEquals(1, RiskTarget.Kind.ACCURACY_LOSS.violations(outcomes, 0));
    assertEquals(2, RiskTarget.Kind.DISAGREEMENT.violations(outcomes, 0));
    assertEquals(0.5, outcomes.compute(0), 1e-12);
    assertEquals(0.5, outcomes.point(0).accuracy(), 1e-12);
  }

  @Test
  void nothingPassesWhereEvenTheStrictestThresholdViolates() {
    ExitOutcomes outcomes =
        new ExitOutcomes(ThresholdGrid.sequence(PolicyKind.ADEPT, 2), 2, LabelRule.SINGLE_LABEL);
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      outcomes.add(row(random, 1), LabelSet.of(1), LabelSet.of(1));
    }
    Choice choice = RiskControl.choose(List.of(outcomes), PolicyKind.ADEPT, TARGET);
    assertFalse(choice.found());
    assertTrue(Float.isNaN(choice.threshold()));
    assertEquals(false, choice.figures().get("passed"));
  }

  /** Two sequences, the second half as dear: each at δ/2, and the cheaper of those that pass. */
  @Test
  void theCheaperOfTwoSequencesWinsAndEachHasHalfOfDelta() {
    ExitOutcomes stay = outcomes(400, new Random(7));
    ExitOutcomes leave = outcomes(400, new Random(7), 0, 2);
    Choice choice = RiskControl.choose(List.of(stay, leave), PolicyKind.ADEPT, TARGET);
    assertTrue(choice.tokens());
    assertEquals(TARGET.delta() / 2, choice.sequenceDelta(), 0);
    int alone = RiskControl.loosest(leave, PolicyKind.ADEPT, TARGET.withDelta(TARGET.delta() / 2));
    assertEquals(alone, choice.candidate());
    assertEquals(1 - TARGET.delta(), choice.curve().confidence(), 1e-12);
    assertEquals(1 - TARGET.delta() / 2, choice.curve().boundConfidence(), 1e-12);

    ExitOutcomes wrong = outcomes(400, new Random(7), 1, 2);
    Choice other = RiskControl.choose(List.of(stay, wrong), PolicyKind.ADEPT, TARGET);
    assertTrue(other.found());
    assertFalse(other.tokens());

    Choice none = RiskControl.choose(List.of(wrong, wrong), PolicyKind.ADEPT, TARGET);
    assertFalse(none.found());
    assertFalse(none.tokens());
  }
}
