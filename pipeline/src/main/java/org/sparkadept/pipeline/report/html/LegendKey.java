package org.sparkadept.pipeline.report.html;

import java.awt.Color;

/**
 * What a colour stands for.
 *
 * @param name from anywhere
 * @param color of the line, point or area
 * @param sign how it is drawn
 */
public record LegendKey(String name, Color color, Sign sign) {
  private static final int NAME_LIMIT = 48;

  /** Lines, their points' shapes, and areas. */
  public enum Sign {
    /** A line with circles. */
    CIRCLE,
    /** A line with squares. */
    SQUARE,
    /** A line with diamonds. */
    DIAMOND,
    /** A line with triangles. */
    TRIANGLE,
    /** A line. */
    LINE,
    /** A line of dashes. */
    DASHES,
    /** A single diamond. */
    POINT,
    /** A filled rectangle. */
    AREA
  }

  /** The key as an item of a list. */
  String markup() {
    String hex = Palette.hex(color);
    String line =
        "<path d=\"M0 6H26\" stroke=\"" + hex + "\" stroke-width=\"2\" stroke-dasharray=\"";
    String solid = line + "none\"/>";
    String drawing =
        switch (sign) {
          case CIRCLE -> solid + "<circle cx=\"13\" cy=\"6\" r=\"4\" fill=\"" + hex + "\"/>";
          case SQUARE -> solid + filled("M9 2H17V10H9Z", hex);
          case DIAMOND -> solid + filled("M13 1L18 6L13 11L8 6Z", hex);
          case TRIANGLE -> solid + filled("M13 1L18 10H8Z", hex);
          case LINE -> solid;
          case DASHES -> line + "6 4\"/>";
          case POINT -> filled("M13 0L19 6L13 12L7 6Z", hex);
          case AREA -> filled("M4 0H22V12H4Z", hex);
        };
    return "<li><svg class=\"key\" xmlns=\"http://www.w3.org/2000/svg\" width=\"26\" height=\"12\""
        + " viewBox=\"0 0 26 12\" aria-hidden=\"true\">"
        + drawing
        + "</svg>"
        + Markup.isolated(Markup.shorten(name, NAME_LIMIT))
        + "</li>";
  }

  private static String filled(String path, String hex) {
    return "<path d=\"" + path + "\" fill=\"" + hex + "\"/>";
  }
}
