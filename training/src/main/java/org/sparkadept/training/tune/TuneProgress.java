package org.sparkadept.training.tune;

import java.util.Locale;

/**
 * What the steps of an interval did, a point of the curve.
 *
 * @param step steps taken
 * @param steps steps planned
 * @param epoch passes over the rows, begun ones as a fraction
 * @param losses mean training loss of every exit
 * @param accuracy share of the rows that the deepest exit answered right before they were trained
 *     on
 * @param tokensPerSecond speed, padding not counted
 * @param remainingSeconds estimated time to the end of the run
 */
public record TuneProgress(
    long step,
    long steps,
    double epoch,
    double[] losses,
    double accuracy,
    double tokensPerSecond,
    double remainingSeconds) {

  /** One line. */
  @Override
  public String toString() {
    StringBuilder each = new StringBuilder();
    for (double loss : losses) {
      each.append(String.format(Locale.ROOT, " %.3f", loss));
    }
    return String.format(
        Locale.ROOT,
        "step %d of %d, epoch %.2f: loss of the exits%s, accuracy %.1f %%, %.0f tokens/s, %s to go",
        step,
        steps,
        epoch,
        each,
        100 * accuracy,
        tokensPerSecond,
        time(remainingSeconds));
  }

  private static String time(double seconds) {
    long whole = Math.round(seconds);
    return whole >= 3600
        ? String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole / 60 % 60)
        : String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60);
  }
}
