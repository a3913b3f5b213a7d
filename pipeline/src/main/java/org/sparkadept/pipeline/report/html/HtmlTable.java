package org.sparkadept.pipeline.report.html;

import java.util.ArrayList;
import java.util.List;

/** A table with a caption; the first cell of a row is its heading. */
public final class HtmlTable {
  private final String caption;
  private final List<String> columns;
  private final List<List<Cell>> rows = new ArrayList<>();
  private boolean steepHeader;

  /**
   * @param caption what the table tells
   * @param columns headings
   */
  public HtmlTable(String caption, List<String> columns) {
    this.caption = caption;
    this.columns = List.copyOf(columns);
  }

  /** Turns the headings upright: for many narrow columns. */
  public HtmlTable steepHeader() {
    steepHeader = true;
    return this;
  }

  /**
   * Adds a row; one cell a column.
   *
   * @throws IllegalArgumentException if there are more or fewer
   */
  public void row(Cell... cells) {
    row(List.of(cells));
  }

  /**
   * Adds a row; one cell a column.
   *
   * @throws IllegalArgumentException if there are more or fewer
   */
  public void row(List<Cell> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(cells.size() + " cells for columns " + columns);
    }
    rows.add(List.copyOf(cells));
  }

  /** The table as an element that scrolls sideways if the page is too narrow. */
  String markup() {
    StringBuilder out = new StringBuilder("<div class=\"wide\"><table");
    out.append(steepHeader ? " class=\"steep\">" : ">");
    out.append("<caption>").append(Markup.escape(caption)).append("</caption>\n<thead><tr>");
    for (int i = 0; i < columns.size(); i++) {
      boolean numeric = !rows.isEmpty() && rows.get(0).get(i).numeric();
      out.append("<th scope=\"col\"").append(numeric ? " class=\"n\">" : ">");
      out.append(Markup.isolated(columns.get(i))).append("</th>");
    }
    out.append("</tr></thead>\n<tbody>\n");
    for (List<Cell> row : rows) {
      out.append("<tr>");
      for (int i = 0; i < row.size(); i++) {
        out.append(row.get(i).element(i == 0 ? "th" : "td"));
      }
      out.append("</tr>\n");
    }
    if (rows.isEmpty()) {
      out.append("<tr><td colspan=\"").append(Math.max(1, columns.size()));
      out.append("\">No rows.</td></tr>\n");
    }
    return out.append("</tbody></table></div>\n").toString();
  }
}
