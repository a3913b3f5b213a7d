package org.sparkadept.pipeline.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.pipeline.outcome.Coverage;
import org.sparkadept.pipeline.report.data.CoveragePoint;

class PrecisionTargetTest {
  private static final double PRECISION = 0.9;
  private static final double DELTA = 0.2;
  private static final PrecisionTarget TARGET = new PrecisionTarget(PRECISION, DELTA);

  /** Scores are uniform in [0, 1]; where a score is s, the answer is right with chance a + b·s. */
  private static Coverage draw(Random random, int rows, double a, double b) {
    Coverage coverage = new Coverage(0);
    for (int row = 0; row < rows; row++) {
      float score = random.nextFloat();
      coverage.add(score, random.nextDouble() < a + b * score);
    }
    return coverage;
  }

  /** What draw's answers with at least a score are worth: the mean of a + b·s over s in [s, 1]. */
  private static double precision(double score, double a, double b) {
    return a + b * (1 + score) / 2;
  }

  @Test
  void theGuaranteeHoldsWithItsConfidence() {
    Random random = TestSeed.random();
    int draws = 500;
    int violations = 0;
    int chosen = 0;
    for (int draw = 0; draw < draws; draw++) {
      Coverage coverage = draw(random, 1500, 0.7, 0.28);
      int bound = TARGET.choose(coverage);
      if (bound >= 0) {
        chosen++;
        violations += precision(coverage.bound(bound), 0.7, 0.28) < PRECISION ? 1 : 0;
      }
    }
    assertTrue(chosen > draws / 2, "a test of nothing: " + chosen);
    // More than this in 500 draws has a chance below 1e-6 if each violates with chance δ.
    assertTrue(violations <= DELTA * draws + 45, violations + " violations");
  }

  @Test
  void theLowestBoundThatPassesIsChosen() {
    Coverage coverage = draw(TestSeed.random(), 3000, 0.7, 0.28);
    int chosen = TARGET.choose(coverage);
    double level = DELTA / coverage.size();
    assertTrue(chosen > 0, "a test of nothing");
    for (int bound = 0; bound <= chosen; bound++) {
      long answered = coverage.answered(bound);
      double p = Binomial.lowerTail(answered, 1 - PRECISION, answered - coverage.right(bound));
      assertEquals(bound == chosen, p <= level, "bound " + coverage.bound(bound));
    }
    List<CoveragePoint> points = PrecisionTarget.points(coverage, level);
    assertTrue(points.get(chosen).lowerBound() >= PRECISION);
    assertTrue(points.get(chosen - 1).lowerBound() < PRECISION);
    assertEquals(1, points.get(0).coverage());
  }

  @Test
  void noBoundPassesWhereAnswersAreWrong() {
    assertEquals(-1, TARGET.choose(draw(TestSeed.random(), 3000, 0.5, 0)));
  }

  @Test
  void tooFewRowsAreRefused() {
    // All right at level 0.2 / 20: (1 - 0.1)^n <= 0.01 for n >= 43.71.
    Coverage few = draw(TestSeed.random(), 43, 1, 0);
    Coverage enough = draw(TestSeed.random(), 44, 1, 0);

    AdeptException refused = assertThrows(AdeptException.class, () -> TARGET.choose(few));

    assertTrue(refused.getMessage().contains("at least 44"), refused.getMessage());
    assertEquals(0, TARGET.choose(enough));
  }
}
