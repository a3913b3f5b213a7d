package org.sparkadept.training.evaluate;

/** Picks the confidence at which rows may leave. */
public final class ThresholdChoice {
  /** Accuracy that leaving early may cost on the validation rows. */
  public static final double TOLERATED_LOSS = 0.001;

  private static final int GRID = 200;
  private static final int LOWEST = GRID / 4;

  private ThresholdChoice() {}

  /**
   * The smallest threshold on the grid 0.25, 0.255, … 1 from which on no threshold loses more than
   * {@link #TOLERATED_LOSS} of accuracy against full depth. At 1 practically no row leaves.
   */
  public static PolicyOutcome choose(ExitOutcomes validation) {
    double least = validation.accuracy(validation.exits() - 1) - TOLERATED_LOSS;
    PolicyOutcome chosen = validation.leaveAt(1);
    for (int step = GRID - 1; step >= LOWEST; step--) {
      PolicyOutcome outcome = validation.leaveAt((double) step / GRID);
      if (outcome.accuracy() < least) {
        break;
      }
      chosen = outcome;
    }
    return chosen;
  }
}
