package org.sparkadept.pipeline.report.plot;

import java.awt.Color;
import java.util.Locale;

/**
 * Colours that people with colour blindness tell apart. This class is the first to use Java2D, and
 * sets it to run without a display.
 */
public final class Palette {
  static {
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  /** Ink of lines that are no series. */
  public static final Color INK = new Color(0x22, 0x22, 0x22);

  /** Targets, limits, diagonals. */
  public static final Color MUTED = new Color(0x6B, 0x6B, 0x6B);

  /** Okabe and Ito, "Color Universal Design" (2008), without black and yellow. */
  private static final Color[] SERIES = {
    new Color(0x00, 0x72, 0xB2),
    new Color(0xD5, 0x5E, 0x00),
    new Color(0x00, 0x9E, 0x73),
    new Color(0xCC, 0x79, 0xA7),
    new Color(0xE6, 0x9F, 0x00),
    new Color(0x56, 0xB4, 0xE9)
  };

  /** Supports of the cividis map (Nuñez, Anderton, Renslow 2018), evenly spaced. */
  private static final int[] CIVIDIS = {
    0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173, 0x8A8779, 0xA59C74, 0xC3B369, 0xE1CC55,
    0xFEE838
  };

  private Palette() {}

  /** The colour of a series, by its place; they repeat. */
  public static Color series(int index) {
    return SERIES[index % SERIES.length];
  }

  /**
   * A colour between light yellow, for the first of an ordered sequence, and dark blue, for the
   * last.
   *
   * @param position in [0, 1]
   */
  public static Color ordered(double position) {
    double at = (1 - Math.max(0, Math.min(1, position))) * (CIVIDIS.length - 1);
    int below = Math.min((int) at, CIVIDIS.length - 2);
    return mix(new Color(CIVIDIS[below]), new Color(CIVIDIS[below + 1]), at - below);
  }

  /** The place of one of so many things in [0, 1]; 0 for the only one. */
  public static double position(int index, int count) {
    return count < 2 ? 0 : (double) index / (count - 1);
  }

  /**
   * A colour between white and another.
   *
   * @param strength 0 is white, 1 the other
   */
  public static Color tint(Color color, double strength) {
    return mix(Color.WHITE, color, Math.max(0, Math.min(1, strength)));
  }

  private static Color mix(Color from, Color to, double share) {
    return new Color(
        blend(from.getRed(), to.getRed(), share),
        blend(from.getGreen(), to.getGreen(), share),
        blend(from.getBlue(), to.getBlue(), share));
  }

  private static int blend(int from, int to, double share) {
    return (int) Math.round(from + (to - from) * share);
  }

  /** Black or white: what reads better on a colour, by WCAG's contrast ratio. */
  public static String inkOn(Color color) {
    double luminance =
        0.2126 * linear(color.getRed())
            + 0.7152 * linear(color.getGreen())
            + 0.0722 * linear(color.getBlue());
    return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? "#000000" : "#ffffff";
  }

  private static double linear(int channel) {
    double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
  }

  /** {@code #1a2b3c}; opacity is left out. */
  public static String hex(Color color) {
    return String.format(Locale.ROOT, "#%06x", color.getRGB() & 0xFFFFFF);
  }
}
