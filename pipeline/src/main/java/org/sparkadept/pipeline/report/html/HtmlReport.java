package org.sparkadept.pipeline.report.html;

import java.util.ArrayList;
import java.util.List;

/**
 * A page: a title, the leading facts, and sections of paragraphs, tables and figures. It needs no
 * other file and loads none, holds no script, and is XML as well as HTML.
 */
public final class HtmlReport {
  private static final int FACT_LIMIT = 120;

  private final String title;
  private final List<String> facts = new ArrayList<>();
  private final StringBuilder body = new StringBuilder();
  private boolean inSection;

  /**
   * @param title the page's heading
   */
  public HtmlReport(String title) {
    this.title = title;
  }

  /** Adds a line to the table at the top. */
  public HtmlReport fact(String name, Cell value) {
    facts.add(
        "<tr><th scope=\"row\">" + Markup.escape(name) + "</th>" + value.element("td") + "</tr>\n");
    return this;
  }

  /** Adds a line to the table at the top: a text of any length. */
  public HtmlReport fact(String name, String value) {
    return fact(name, new Cell(Markup.foldable(value, FACT_LIMIT), false, null));
  }

  /** Begins a section. */
  public HtmlReport section(String heading) {
    endSection();
    inSection = true;
    body.append("<section>\n<h2>").append(Markup.escape(heading)).append("</h2>\n");
    return this;
  }

  /** Adds a paragraph. */
  public HtmlReport paragraph(String text) {
    body.append("<p>").append(Markup.escape(text)).append("</p>\n");
    return this;
  }

  /** Adds a table. */
  public HtmlReport table(HtmlTable table) {
    body.append(table.markup());
    return this;
  }

  /** Adds a table that is seen once it is asked for. */
  public HtmlReport foldedTable(String summary, HtmlTable table) {
    body.append("<details><summary>").append(Markup.escape(summary)).append("</summary>\n");
    body.append(table.markup()).append("</details>\n");
    return this;
  }

  /** Adds a figure. */
  public HtmlReport figure(Figure figure) {
    body.append(figure.markup());
    return this;
  }

  /** Adds a text whose parts are coloured. */
  public HtmlReport colouredText(ColouredText text) {
    body.append(text.markup());
    return this;
  }

  /** The page. */
  public String html() {
    endSection();
    StringBuilder page = new StringBuilder("<!DOCTYPE html>\n");
    page.append("<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n");
    page.append("<meta charset=\"utf-8\"/>\n");
    page.append("<meta http-equiv=\"Content-Security-Policy\"");
    page.append(" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    page.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n");
    page.append("<title>").append(Markup.escape(title)).append("</title>\n");
    page.append("<style>\n").append(StyleSheet.CSS).append("</style>\n</head>\n<body>\n<main>\n");
    page.append("<h1>").append(Markup.escape(title)).append("</h1>\n");
    if (!facts.isEmpty()) {
      page.append("<table class=\"facts\"><tbody>\n");
      facts.forEach(page::append);
      page.append("</tbody></table>\n");
    }
    return page.append(body).append("</main>\n</body>\n</html>\n").toString();
  }

  private void endSection() {
    if (inSection) {
      body.append("</section>\n");
      inSection = false;
    }
  }
}
