package org.sparkadept.pipeline.report.html;

/** Text from anywhere made fit for the inside of elements and quoted attributes. */
public final class Markup {
  private static final char REPLACEMENT = '\uFFFD';
  private static final char CONTROL_PICTURES = '\u2400';
  private static final char DELETE = 0x7F;
  private static final char DELETE_PICTURE = '\u2421';

  private Markup() {}

  /** Escapes a text for HTML, XML and SVG, and makes it {@link #legible}. */
  public static String escape(String text) {
    return legible(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /**
   * A text without characters that HTML or XML cannot hold. Control characters are shown as their
   * pictures (NUL as U+2400); what has none, as halves of surrogate pairs, as U+FFFD. Tabs and line
   * feeds stay.
   */
  public static String legible(String text) {
    StringBuilder legible = new StringBuilder(text.length());
    text.codePoints().map(Markup::legible).forEach(legible::appendCodePoint);
    return legible.toString();
  }

  private static int legible(int codePoint) {
    if (codePoint == '\t' || codePoint == '\n') {
      return codePoint;
    }
    if (codePoint < ' ') {
      return CONTROL_PICTURES + codePoint;
    }
    if (codePoint == DELETE) {
      return DELETE_PICTURE;
    }
    return isForbidden(codePoint) ? REPLACEMENT : codePoint;
  }

  /** C1 controls, halves of surrogate pairs, and code points that are no characters. */
  private static boolean isForbidden(int codePoint) {
    return codePoint >= 0x80 && codePoint <= 0x9F
        || codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE
        || codePoint >= 0xFDD0 && codePoint <= 0xFDEF
        || (codePoint & 0xFFFE) == 0xFFFE;
  }

  /**
   * Escapes a text and keeps its direction of writing to itself, so that a right-to-left label does
   * not turn its neighbours around.
   */
  public static String isolated(String text) {
    return "<bdi>" + escape(text) + "</bdi>";
  }

  /**
   * A text in one line, cut with an ellipsis; never within a surrogate pair.
   *
   * @param limit most code points, ellipsis included
   */
  public static String shorten(String text, int limit) {
    String line = text.replaceAll("\\s+", " ").strip();
    if (line.codePointCount(0, line.length()) <= limit) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, limit - 1)).stripTrailing() + "…";
  }

  /**
   * A text of any length, escaped: a long one is cut, with the whole of it under a summary to open.
   *
   * @param limit code points above which it is cut
   */
  public static String foldable(String text, int limit) {
    if (text.codePointCount(0, text.length()) <= limit) {
      return "<span class=\"text\">" + isolated(text) + "</span>";
    }
    return "<details><summary>"
        + isolated(shorten(text, limit))
        + "</summary><div class=\"text\">"
        + isolated(text)
        + "</div></details>";
  }
}
