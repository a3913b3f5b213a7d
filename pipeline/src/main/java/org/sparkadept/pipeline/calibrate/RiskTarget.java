package org.sparkadept.pipeline.calibrate;

import java.io.Serializable;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.pipeline.outcome.ExitOutcomes;

/**
 * The guarantee: with confidence {@code 1 − δ} over the draw of the calibration rows, the risk of a
 * row like them is at most ε.
 *
 * @param kind which risk
 * @param epsilon ε in (0, 1)
 * @param delta δ in (0, 1)
 */
public record RiskTarget(Kind kind, double epsilon, double delta) implements Serializable {
  /** The largest risk unless another is set. */
  public static final double DEFAULT_EPSILON = 0.01;

  /** The probability that the guarantee may fail unless another is set. */
  public static final double DEFAULT_DELTA = 0.05;

  private static final long serialVersionUID = 1L;

  /** Which risk is controlled. */
  public enum Kind {
    /** {@code P(answer ≠ full-depth answer)}. */
    DISAGREEMENT("maxDisagreement", "disagreement") {
      @Override
      long violations(ExitOutcomes outcomes, int candidate) {
        return outcomes.disagreeing(candidate);
      }

      @Override
      public boolean violates(LabelSet answer, LabelSet fullDepth, LabelSet truth) {
        return !answer.equals(fullDepth);
      }
    },

    /**
     * {@code P(full-depth answer right, answer wrong)}. Rows that early exits put right do not
     * count against it, so this bounds the loss of accuracy from above.
     */
    ACCURACY_LOSS("maxAccuracyLoss", "accuracy loss") {
      @Override
      long violations(ExitOutcomes outcomes, int candidate) {
        return outcomes.lost(candidate);
      }

      @Override
      public boolean violates(LabelSet answer, LabelSet fullDepth, LabelSet truth) {
        return fullDepth.equals(truth) && !answer.equals(truth);
      }
    };

    private final String param;
    private final String measure;

    Kind(String param, String measure) {
      this.param = param;
      this.measure = measure;
    }

    /** Number of rows whose answer by a candidate is a violation. */
    abstract long violations(ExitOutcomes outcomes, int candidate);

    /**
     * Whether an answer is a violation, whose share the target bounds.
     *
     * @param answer the answer's labels
     * @param fullDepth full depth's labels
     * @param truth the true labels
     */
    public abstract boolean violates(LabelSet answer, LabelSet fullDepth, LabelSet truth);

    /** Name of the param that sets it. */
    public String param() {
      return param;
    }

    /** A word for it, in sentences. */
    public String measure() {
      return measure;
    }
  }

  /**
   * @throws AdeptException if ε or δ is out of its range
   */
  public RiskTarget {
    requireShare(kind.param(), epsilon);
    requireShare("delta", delta);
  }

  /** Checks that a parameter of a guarantee lies between 0 and 1. */
  static void requireShare(String name, double value) {
    if (!(value > 0 && value < 1)) {
      throw new AdeptException(
          name + " must be between 0 and 1 (exclusive), but is " + value + ".");
    }
  }

  /** The same at another δ. */
  public RiskTarget withDelta(double value) {
    return new RiskTarget(kind, epsilon, value);
  }

  /** The most violations among so many rows that the guarantee passes with; -1 if none does. */
  public long mostViolations(long rows) {
    long most = -1;
    while (most + 1 < rows && Binomial.lowerTail(rows, epsilon, most + 1) <= delta) {
      most++;
    }
    return most;
  }

  /**
   * Checks that there are rows enough for the guarantee to be possible at all.
   *
   * @throws AdeptException if not; the message says how many it takes
   */
  public void checkRows(long rows) {
    long needed = Binomial.rowsNeeded(epsilon, delta);
    if (rows < needed) {
      throw new AdeptException(
          String.format(
              "There are %d calibration rows, but %s %s with confidence %s needs at"
                  + " least %d. Add rows, enlarge the calibration share, or weaken the"
                  + " guarantee.",
              rows, kind.param(), epsilon, 1 - delta, needed));
    }
  }
}
