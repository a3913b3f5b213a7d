package org.sparkadept.pipeline.report.html;

import java.awt.Color;

/**
 * A value in a table. A number carries itself in full in a {@code data} element beside its rounded
 * form.
 *
 * @param markup what is between the tags, escaped
 * @param numeric whether it stands at the right
 * @param background colour of the cell; null for the page's own
 */
public record Cell(String markup, boolean numeric, Color background) {
  private static final int TEXT_LIMIT = 60;

  /** A text, cut if it is long. */
  public static Cell text(String text) {
    return new Cell(Markup.foldable(text, TEXT_LIMIT), false, null);
  }

  /** Nothing. */
  public static Cell empty() {
    return new Cell("", false, null);
  }

  /** A number of things. */
  public static Cell count(long value) {
    return number(Long.toString(value), Numbers.count(value));
  }

  /** A share in [0, 1]. */
  public static Cell percent(double share) {
    return number(share, Numbers.percent(share));
  }

  /** A threshold, in as few digits as it has. */
  public static Cell decimal(double value) {
    return number(value, Numbers.decimal(value));
  }

  /** A number whose column has so many decimals throughout. */
  public static Cell fixed(double value, int decimals) {
    return number(value, Numbers.fixed(value, decimals));
  }

  /** A time. */
  public static Cell seconds(double seconds) {
    return number(seconds, Numbers.seconds(seconds));
  }

  /** A number that follows from the others, as a ratio of two: shown, but not in the JSON file. */
  public static Cell derived(String shown) {
    return new Cell(Markup.escape(shown), true, null);
  }

  /** The same upon a colour. */
  public Cell upon(Color color) {
    return new Cell(markup, numeric, color);
  }

  private static Cell number(double value, String shown) {
    return Double.isFinite(value) ? number(Double.toString(value), shown) : derived(Numbers.NONE);
  }

  private static Cell number(String value, String shown) {
    return new Cell("<data value=\"" + value + "\">" + shown + "</data>", true, null);
  }

  /** The cell as an element. */
  String element(String tag) {
    StringBuilder element = new StringBuilder("<").append(tag);
    if (tag.equals("th")) {
      element.append(" scope=\"row\"");
    }
    if (numeric) {
      element.append(" class=\"n\"");
    }
    if (background != null) {
      element.append(" style=\"background:").append(Palette.hex(background));
      element.append(";color:").append(Palette.inkUpon(background)).append('"');
    }
    return element.append('>').append(markup).append("</").append(tag).append('>').toString();
  }
}
