package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.data;
import static j2html.TagCreator.tag;

import j2html.TagCreator;
import j2html.tags.ContainerTag;
import j2html.tags.DomContent;
import java.awt.Color;
import org.sparkadept.pipeline.report.text.Numbers;

/**
 * A value in a table. A number has its full value in a {@code data} element around its rounded
 * form.
 *
 * @param content of the cell
 * @param numeric whether it is aligned to the right
 * @param background colour of the cell; null for the page's own
 */
record Cell(DomContent content, boolean numeric, Color background) {
  private static final int TEXT_LIMIT = 60;

  /** A text, cut if it is long. */
  static Cell text(String text) {
    return text(text, TEXT_LIMIT);
  }

  /** A text, cut if it is longer than a number of code points. */
  static Cell text(String text, int limit) {
    return new Cell(Elements.foldable(text, limit), false, null);
  }

  /** A number of things. */
  static Cell count(long value) {
    return number(Long.toString(value), Numbers.count(value));
  }

  /** A share in [0, 1]. */
  static Cell percent(double share) {
    return number(share, Numbers.percent(share));
  }

  /** A threshold, in as few digits as it has. */
  static Cell decimal(double value) {
    return number(value, Numbers.decimal(value));
  }

  /** A number with a fixed number of decimals. */
  static Cell fixed(double value, int decimals) {
    return number(value, Numbers.fixed(value, decimals));
  }

  /** A time. */
  static Cell seconds(double seconds) {
    return number(seconds, Numbers.seconds(seconds));
  }

  /** A number that follows from others: shown, but not a field of the JSON file. */
  static Cell derived(String shown) {
    return new Cell(TagCreator.text(shown), true, null);
  }

  /** The same on a colour. */
  Cell on(Color color) {
    return new Cell(content, numeric, color);
  }

  private static Cell number(double value, String shown) {
    return Double.isFinite(value) ? number(Double.toString(value), shown) : derived(Numbers.NONE);
  }

  private static Cell number(String value, String shown) {
    return new Cell(data(shown).attr("value", value), true, null);
  }

  /**
   * The cell as an element.
   *
   * @param tag {@code td}, or {@code th} for the heading of a row
   */
  DomContent element(String tag) {
    ContainerTag<?> element = tag(tag);
    element.with(content);
    element.condAttr(tag.equals("th"), "scope", "row");
    element.withCondClass(numeric, "n");
    return background == null ? element : element.withStyle(Elements.style(background));
  }
}
