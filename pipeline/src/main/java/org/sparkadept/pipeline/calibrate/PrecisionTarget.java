package org.sparkadept.pipeline.calibrate;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.outcome.Coverage;
import org.sparkadept.pipeline.report.data.CoveragePoint;

/**
 * A guarantee for the answers that are given: with confidence {@code 1 − δ} over the draw of the
 * calibration rows, an answer to a row like them is right with at least this probability.
 *
 * @param precision least precision of the answers, in (0, 1)
 * @param delta δ in (0, 1)
 */
public record PrecisionTarget(double precision, double delta) {
  /**
   * @throws AdeptException if a value is out of its range
   */
  public PrecisionTarget {
    RiskTarget.requireShare("minPrecision", precision);
    RiskTarget.requireShare("delta", delta);
  }

  /**
   * Chooses the least score of an answer. For each bound of the coverage the hypothesis "the
   * answers' precision is less" is tested with the exact binomial p-value {@code P(Bin(answered, 1
   * − precision) ≤ wrong)} at level {@code δ / bounds} (Bonferroni), since precision need not rise
   * with the score. So the probability that any bound that passes violates the target is at most δ.
   *
   * @return index of the lowest bound that passes, which answers the most rows; -1 if none does
   * @throws AdeptException if there are too few rows for any to pass
   */
  public int choose(Coverage coverage) {
    long needed = Binomial.rowsNeeded(1 - precision, level(coverage));
    if (coverage.answered(0) < needed) {
      throw new AdeptException(
          String.format(
              "There are %d calibration rows, but a precision of %s with confidence %s needs at"
                  + " least %d, all of them answered rightly. Add rows, or weaken the guarantee.",
              coverage.answered(0), precision, 1 - delta, needed));
    }
    for (int bound = 0; bound < coverage.size(); bound++) {
      long answered = coverage.answered(bound);
      long wrong = answered - coverage.right(bound);
      if (answered > 0 && Binomial.lowerTail(answered, 1 - precision, wrong) <= level(coverage)) {
        return bound;
      }
    }
    return -1;
  }

  /** The level of each test. */
  double level(Coverage coverage) {
    return delta / coverage.size();
  }

  /**
   * The coverage as points of a report.
   *
   * @param level 1 − confidence of each lower bound
   */
  public static List<CoveragePoint> points(Coverage coverage, double level) {
    List<CoveragePoint> points = new ArrayList<>();
    for (int bound = 0; bound < coverage.size(); bound++) {
      long answered = coverage.answered(bound);
      long right = coverage.right(bound);
      points.add(
          new CoveragePoint(
              coverage.shownBound(bound),
              answered,
              (double) answered / coverage.answered(0),
              (double) right / answered,
              answered == 0 ? 0 : 1 - Binomial.upperBound(answered, answered - right, level)));
    }
    return points;
  }
}
