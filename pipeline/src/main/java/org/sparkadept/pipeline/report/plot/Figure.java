package org.sparkadept.pipeline.report.plot;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;

/**
 * Drawings with one legend and one caption. The legend is text of the page, not of the drawing, so
 * that names of any length and script are shown.
 *
 * @param drawings SVG elements; none if there is nothing to draw
 * @param legend what the colours stand for
 * @param caption what the figure shows
 */
public record Figure(List<String> drawings, List<LegendKey> legend, String caption) {

  /** How something is drawn: a line with points of a shape, a line, a single point, an area. */
  public enum Sign {
    CIRCLE,
    SQUARE,
    DIAMOND,
    TRIANGLE,
    LINE,
    DASHES,
    POINT,
    AREA
  }

  /**
   * What a colour stands for.
   *
   * @param name text of any origin
   * @param color of the line, point or area
   * @param sign how it is drawn
   */
  public record LegendKey(String name, Color color, Sign sign) {}

  /** Copies the lists. */
  public Figure {
    drawings = List.copyOf(drawings);
    legend = List.copyOf(legend);
  }

  /** In place of a figure that cannot be drawn. */
  public static Figure absent(String reason) {
    return new Figure(List.of(), List.of(), reason);
  }

  /** Puts a figure under this one, with a legend and a caption for both. */
  public Figure above(Figure other, String sharedCaption) {
    List<String> all = new ArrayList<>(drawings);
    all.addAll(other.drawings);
    List<LegendKey> keys = new ArrayList<>(legend);
    keys.addAll(other.legend);
    return new Figure(all, keys, sharedCaption);
  }
}
