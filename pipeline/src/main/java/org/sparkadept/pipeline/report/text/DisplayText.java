package org.sparkadept.pipeline.report.text;

import org.sparkadept.decoder.error.PrintableText;

/**
 * Texts of any origin made fit to be shown: in one line, as wide as there is room. Picocli's tables
 * do not serve here: they pad and cut by characters, so that columns with wide or combining ones do
 * not line up, and mark no cut.
 */
public final class DisplayText {
  private static final char ELLIPSIS = '…';

  private DisplayText() {}

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
    return line.substring(0, line.offsetByCodePoints(0, limit - 1)).stripTrailing() + ELLIPSIS;
  }

  /** Terminal columns that a text takes: wide characters two, combining marks none. */
  static int columns(String text) {
    return text.codePoints().map(DisplayText::columns).sum();
  }

  /** Cuts a text, with an ellipsis, or pads it with spaces, so that it takes so many columns. */
  static String fit(String text, int columns) {
    String clean = PrintableText.line(text.replaceAll("\\s+", " "));
    boolean cut = columns(clean) > columns;
    int room = cut ? columns - 1 : columns;
    int used = 0;
    int end = 0;
    while (end < clean.length() && used + columns(clean.codePointAt(end)) <= room) {
      used += columns(clean.codePointAt(end));
      end = clean.offsetByCodePoints(end, 1);
    }
    return clean.substring(0, end) + (cut ? ELLIPSIS : "") + " ".repeat(room - used);
  }

  private static int columns(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isWide(codePoint) ? 2 : 1;
    };
  }

  /** East Asian wide and full-width blocks, and the pictographs that terminals show wide. */
  private static boolean isWide(int codePoint) {
    return in(codePoint, 0x1100, 0x115F)
        || in(codePoint, 0x2E80, 0xA4CF)
        || in(codePoint, 0xAC00, 0xD7A3)
        || in(codePoint, 0xF900, 0xFAFF)
        || in(codePoint, 0xFE30, 0xFE6F)
        || in(codePoint, 0xFF00, 0xFF60)
        || in(codePoint, 0xFFE0, 0xFFE6)
        || in(codePoint, 0x1F300, 0x1FAFF)
        || in(codePoint, 0x20000, 0x3FFFD);
  }

  private static boolean in(int codePoint, int first, int last) {
    return codePoint >= first && codePoint <= last;
  }
}
