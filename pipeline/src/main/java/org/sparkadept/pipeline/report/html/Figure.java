package org.sparkadept.pipeline.report.html;

import java.util.ArrayList;
import java.util.List;

/**
 * Drawings with one legend and one caption. The legend is text of the page, not of the drawing, so
 * that names of any length and script are shown.
 *
 * @param drawings SVG elements; none if there is nothing to draw
 * @param legend what the colours stand for
 * @param caption what is seen
 */
public record Figure(List<String> drawings, List<LegendKey> legend, String caption) {

  /** Copies the lists. */
  public Figure {
    drawings = List.copyOf(drawings);
    legend = List.copyOf(legend);
  }

  /** In place of a figure that cannot be drawn. */
  public static Figure absent(String why) {
    return new Figure(List.of(), List.of(), why);
  }

  /** Puts a figure under this one, with a legend and a caption for both. */
  public Figure above(Figure other, String sharedCaption) {
    List<String> all = new ArrayList<>(drawings);
    all.addAll(other.drawings);
    List<LegendKey> keys = new ArrayList<>(legend);
    keys.addAll(other.legend);
    return new Figure(all, keys, sharedCaption);
  }

  /** The figure as an element. */
  String markup() {
    StringBuilder out = new StringBuilder("<figure>\n");
    for (String drawing : drawings) {
      out.append("<div class=\"wide plot\">").append(drawing).append("</div>\n");
    }
    if (!legend.isEmpty()) {
      out.append("<ul class=\"legend\">\n");
      legend.forEach(key -> out.append(key.markup()).append('\n'));
      out.append("</ul>\n");
    }
    out.append("<figcaption>").append(Markup.escape(caption)).append("</figcaption>\n");
    return out.append("</figure>\n").toString();
  }
}
