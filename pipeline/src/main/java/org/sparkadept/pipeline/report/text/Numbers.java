package org.sparkadept.pipeline.report.text;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as people read them. What is not a number is shown as a dash. */
public final class Numbers {
  /** Shown where there is no number. */
  public static final String NONE = "–";

  private static final int DIGITS = 4;
  private static final double SMALL = 1e-3;

  private Numbers() {}

  /** {@code 1,234,567}. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /**
   * {@code 93.8 %}; close to none and close to all with more decimals, so that 99.97 % is not shown
   * as all.
   *
   * @param share in [0, 1]
   */
  public static String percent(double share) {
    if (!Double.isFinite(share)) {
      return NONE;
    }
    double rest = Math.min(Math.abs(share), Math.abs(1 - share));
    int decimals = rest == 0 || rest >= 0.01 ? 1 : rest >= 0.001 ? 2 : 3;
    return fixed(100 * share, decimals) + "\u00A0%";
  }

  /** A share on an axis: {@code 97.5 %}, {@code 20 %}. */
  public static String percentTick(double share) {
    return plain(100 * share, 3) + "\u00A0%";
  }

  /** A number on an axis: {@code 0.25}, {@code 10,000}. */
  public static String tick(double value) {
    return value == Math.rint(value) ? count((long) value) : plain(value, 3);
  }

  /** {@code 0.8125}: thresholds, probabilities, losses. */
  public static String decimal(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    double size = Math.abs(value);
    if (size != 0 && size < SMALL) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    return size <= 1 ? plain(value, DIGITS) : fixed(value, 2);
  }

  /** {@code 12.4 s}, {@code 0.0312 s}, {@code 2 h 05 min}. */
  public static String seconds(double seconds) {
    if (!Double.isFinite(seconds)) {
      return NONE;
    }
    if (seconds < 10) {
      return new BigDecimal(seconds).round(new MathContext(3)).toPlainString() + "\u00A0s";
    }
    if (seconds < 600) {
      return fixed(seconds, 1) + "\u00A0s";
    }
    long minutes = Math.round(seconds / 60);
    return minutes < 60
        ? minutes + "\u00A0min"
        : String.format(Locale.ROOT, "%,d\u00A0h\u00A0%02d\u00A0min", minutes / 60, minutes % 60);
  }

  /** With so many decimals and separators of thousands. */
  public static String fixed(double value, int decimals) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, "%,." + decimals + "f", value)
        : NONE;
  }

  private static String plain(double value, int decimals) {
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }
}
