package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.bdi;
import static j2html.TagCreator.caption;
import static j2html.TagCreator.details;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.emptyTag;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.iff;
import static j2html.TagCreator.li;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.span;
import static j2html.TagCreator.summary;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tag;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.ul;

import j2html.tags.DomContent;
import java.awt.Color;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.sparkadept.pipeline.report.plot.Figure;
import org.sparkadept.pipeline.report.plot.Figure.LegendKey;
import org.sparkadept.pipeline.report.plot.Palette;
import org.sparkadept.pipeline.report.text.DisplayText;

/** Parts that the pages are made of. */
final class Elements {
  private static final int LEGEND_LIMIT = 48;

  private Elements() {}

  /**
   * A table that scrolls sideways where the page is too narrow.
   *
   * @param caption what the table shows
   * @param columns headings
   * @param items one a row
   * @param cells of an item, one a column; the first is the heading of the row
   */
  static <T> DomContent dataTable(
      String caption, List<String> columns, List<T> items, Function<T, List<Cell>> cells) {
    return dataTable(caption, columns, items.stream().map(cells).toList(), "plain");
  }

  /** The same with upright headings, for many narrow columns. */
  static <T> DomContent matrix(
      String caption, List<String> columns, List<T> items, Function<T, List<Cell>> cells) {
    return dataTable(caption, columns, items.stream().map(cells).toList(), "steep");
  }

  private static DomContent dataTable(
      String caption, List<String> columns, List<List<Cell>> rows, String style) {
    DomContent none = tr(td("No rows.").withColspan(String.valueOf(columns.size())));
    return div(table(
                caption(caption),
                thead(tr(each(columns, (i, column) -> heading(column, isNumeric(rows, i))))),
                tbody(
                    iff(rows.isEmpty(), none),
                    each(rows, row -> each(text("\n"), tr(each(cells(row)))))))
            .withClass(style))
        .withClass("wide");
  }

  private static DomContent heading(String column, boolean numeric) {
    return th(bdi(column)).attr("scope", "col").withCondClass(numeric, "n");
  }

  private static boolean isNumeric(List<List<Cell>> rows, int column) {
    return !rows.isEmpty() && rows.get(0).get(column).numeric();
  }

  private static DomContent[] cells(List<Cell> row) {
    return IntStream.range(0, row.size())
        .mapToObj(i -> row.get(i).element(i == 0 ? "th" : "td"))
        .toArray(DomContent[]::new);
  }

  /** Content that is shown once its summary is opened. */
  static DomContent folded(String summary, DomContent content) {
    return details(summary(summary), content);
  }

  /**
   * A text of any length. A long one is cut, with the whole of it under a summary to open. Its
   * direction of writing does not affect what is beside it.
   *
   * @param limit code points above which it is cut
   */
  static DomContent foldable(String text, int limit) {
    return text.codePointCount(0, text.length()) <= limit
        ? span(bdi(text)).withClass("text")
        : details(summary(bdi(DisplayText.shorten(text, limit))), div(bdi(text)).withClass("text"));
  }

  /** Drawings with a legend and a caption. */
  static DomContent plot(Figure plot) {
    return figure(
        each(plot.drawings(), svg -> div(rawHtml(svg)).withClasses("wide", "plot")),
        iff(!plot.legend().isEmpty(), legendList(plot.legend())),
        figcaption(plot.caption()));
  }

  /** What the colours of a figure stand for. */
  static DomContent legendList(List<LegendKey> keys) {
    return ul(each(keys, key -> li(sign(key), bdi(DisplayText.shorten(key.name(), LEGEND_LIMIT)))))
        .withClass("legend");
  }

  private static DomContent sign(LegendKey key) {
    String hex = Palette.hex(key.color());
    DomContent line = emptyTag("path").attr("d", "M0 6H26").attr("stroke", hex);
    DomContent dashes =
        emptyTag("path").attr("d", "M0 6H26").attr("stroke", hex).attr("stroke-dasharray", "6 4");
    DomContent circle =
        emptyTag("circle").attr("cx", "13").attr("cy", "6").attr("r", "4").attr("fill", hex);
    DomContent drawing =
        switch (key.sign()) {
          case CIRCLE -> each(line, circle);
          case SQUARE -> each(line, filled("M9 2H17V10H9Z", hex));
          case DIAMOND -> each(line, filled("M13 1L18 6L13 11L8 6Z", hex));
          case TRIANGLE -> each(line, filled("M13 1L18 10H8Z", hex));
          case LINE -> line;
          case DASHES -> dashes;
          case POINT -> emptyTag("path").attr("d", "M8 1L18 11M18 1L8 11").attr("stroke", hex);
          case AREA -> filled("M4 0H22V12H4Z", hex);
        };
    return tag("svg")
        .with(drawing)
        .withClass("key")
        .attr("xmlns", "http://www.w3.org/2000/svg")
        .attr("width", "26")
        .attr("height", "12")
        .attr("viewBox", "0 0 26 12")
        .attr("stroke-width", "2")
        .attr("aria-hidden", "true");
  }

  private static DomContent filled(String path, String hex) {
    return emptyTag("path").attr("d", path).attr("fill", hex);
  }

  /** The style of what stands on a colour: readable on it. */
  static String style(Color background) {
    return "background:" + Palette.hex(background) + ";color:" + Palette.inkOn(background);
  }
}
