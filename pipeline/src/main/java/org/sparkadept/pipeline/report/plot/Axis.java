package org.sparkadept.pipeline.report.plot;

import java.util.function.Function;
import org.sparkadept.pipeline.report.text.Numbers;

/**
 * One axis of a plot.
 *
 * @param title what it measures
 * @param share whether its numbers are shown as percentages
 * @param logarithmic whether equal steps are equal ratios
 * @param min its lower end; NaN to take it from the data
 * @param max its upper end; NaN to take it from the data
 */
public record Axis(String title, boolean share, boolean logarithmic, double min, double max) {
  private static final double MARGIN = 0.05;
  private static final double FEW_DECADES = 50;
  private static final double MANY_DECADES = 5000;

  /** Shares, as percentages. */
  public static Axis shares(String title) {
    return new Axis(title, true, false, Double.NaN, Double.NaN);
  }

  /** Numbers. */
  public static Axis numbers(String title) {
    return new Axis(title, false, false, Double.NaN, Double.NaN);
  }

  /** The same with ends that do not depend on the data. */
  public Axis between(double first, double last) {
    return new Axis(title, share, logarithmic, first, last);
  }

  /** The same in equal ratios; for data above 0. */
  public Axis withRatios() {
    return new Axis(title, share, true, min, max);
  }

  /** The same with ends: its own, or those of the data and a margin. */
  Axis around(double lowest, double highest) {
    double low = lowest;
    double high = highest;
    if (logarithmic) {
      double margin = Math.max(1.02, Math.pow(high / low, MARGIN));
      low /= margin;
      high *= margin;
    } else {
      double margin = high > low ? (high - low) * MARGIN : Math.max(Math.abs(high), 1) * MARGIN;
      low -= margin;
      high += margin;
    }
    return between(Double.isNaN(min) ? low : min, Double.isNaN(max) ? high : max);
  }

  /** How its ticks are written; of those in equal ratios, only so many that they do not touch. */
  Function<Double, String> ticks() {
    Function<Double, String> written = share ? Numbers::percentTick : Numbers::tick;
    return logarithmic ? tick -> isRound(tick) ? written.apply(tick) : "" : written;
  }

  /** Whether a tick's first digit is one of those that stand far enough from each other. */
  private boolean isRound(double tick) {
    double decade = Math.pow(10, Math.floor(Math.log10(tick) + 1e-9));
    long digit = Math.round(tick / decade);
    return digit == 1
        || max / min < MANY_DECADES && (digit == 2 || digit == 5)
        || max / min < FEW_DECADES && (digit == 3 || digit == 7);
  }
}
