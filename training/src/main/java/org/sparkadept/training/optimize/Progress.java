package org.sparkadept.training.optimize;

/**
 * How far a run is, in [0, 1], the clock of all schedules. Without a time limit it is steps taken
 * over steps planned; with one, what is left of the schedules is squeezed into the steps that can
 * still be made, so that a run on a busy machine ends in time and yet anneals.
 */
final class Progress {
  private static final double NEWEST = 0.02;

  /** The first steps, slowed by warming up, say nothing about the speed of the rest. */
  private static final long SETTLED = 20;

  private final long plannedSteps;
  private final double limitSeconds;
  private double value;
  private double secondsPerStep;

  Progress(long plannedSteps, double limitSeconds, double value, double secondsPerStep) {
    this.plannedSteps = plannedSteps;
    this.limitSeconds = limitSeconds;
    this.value = value;
    this.secondsPerStep = secondsPerStep;
  }

  double value() {
    return value;
  }

  double secondsPerStep() {
    return secondsPerStep;
  }

  /** Steps still to make, at least 1, after so many steps and seconds. */
  double remainingSteps(long step, double elapsedSeconds) {
    double remaining = plannedSteps - step;
    if (step >= SETTLED && secondsPerStep > 0) {
      remaining = Math.min(remaining, (limitSeconds - elapsedSeconds) / secondsPerStep);
    }
    return Math.max(1, remaining);
  }

  /**
   * Counts a step.
   *
   * @param step steps taken before this one
   * @param elapsedSeconds seconds of the whole run before this step
   * @param seconds duration of this step
   */
  void advance(long step, double elapsedSeconds, double seconds) {
    value = Math.min(1, value + (1 - value) / remainingSteps(step, elapsedSeconds));
    secondsPerStep = step < SETTLED ? seconds : (1 - NEWEST) * secondsPerStep + NEWEST * seconds;
  }

  boolean finished(long step, double elapsedSeconds) {
    return step >= plannedSteps || elapsedSeconds >= limitSeconds;
  }
}
