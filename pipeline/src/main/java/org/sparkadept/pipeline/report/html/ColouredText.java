package org.sparkadept.pipeline.report.html;

import java.awt.Color;
import java.util.List;

/**
 * A text in parts, each upon a colour.
 *
 * @param parts in order
 * @param legend what the colours stand for
 * @param caption what is seen
 */
public record ColouredText(List<Part> parts, List<LegendKey> legend, String caption) {
  private static final int PART_LIMIT = 2000;

  /**
   * A piece of the text.
   *
   * @param text as it stands, spaces included
   * @param background its colour
   * @param hint told when it is pointed at
   */
  public record Part(String text, Color background, String hint) {
    private String markup() {
      return "<span style=\"background:"
          + Palette.hex(background)
          + ";color:"
          + Palette.inkUpon(background)
          + "\" title=\""
          + Markup.escape(hint)
          + "\">"
          + Markup.escape(text)
          + "</span>";
    }
  }

  /** Copies the lists. */
  public ColouredText {
    parts = List.copyOf(parts);
    legend = List.copyOf(legend);
  }

  /** The text as a figure; what is beyond some thousand parts is under a summary to open. */
  String markup() {
    StringBuilder out = new StringBuilder("<figure>\n");
    int shown = Math.min(PART_LIMIT, parts.size());
    appendParts(parts.subList(0, shown), out);
    if (shown < parts.size()) {
      out.append("<details><summary>… and ").append(Numbers.count(parts.size() - shown));
      out.append(" more</summary>\n");
      appendParts(parts.subList(shown, parts.size()), out);
      out.append("</details>\n");
    }
    out.append("<ul class=\"legend\">\n");
    legend.forEach(key -> out.append(key.markup()).append('\n'));
    out.append("</ul>\n<figcaption>").append(Markup.escape(caption)).append("</figcaption>\n");
    return out.append("</figure>\n").toString();
  }

  private static void appendParts(List<Part> parts, StringBuilder out) {
    out.append("<div class=\"tokens\" dir=\"auto\">");
    parts.forEach(part -> out.append(part.markup()));
    out.append("</div>\n");
  }
}
