package org.sparkadept.decoder.error;

/**
 * Texts of any origin, such as the labels and tensor names of a stranger's model, made fit for a
 * terminal, a log or a message: without characters that steer a terminal, begin a line of their own
 * or turn the text beside them around.
 */
public final class PrintableText {
  private static final char REPLACEMENT = '\uFFFD';
  private static final char CONTROL_PICTURES = '\u2400';
  private static final char DELETE = 0x7F;
  private static final char DELETE_PICTURE = '\u2421';

  private PrintableText() {}

  /**
   * A text in one line: tabs and line breaks of any kind are blanks, other characters that must not
   * be printed are as {@link #printable} has them.
   */
  public static String line(String text) {
    return mapped(text, true);
  }

  /** A text whose tabs and line feeds stay; the rest is as in {@link #line}. */
  public static String lines(String text) {
    return mapped(text, false);
  }

  /** JSON text that says the same: outside line feeds, what {@link #isControl} is escaped. */
  public static String json(String json) {
    StringBuilder escaped = new StringBuilder(json.length());
    json.codePoints()
        .forEach(
            codePoint -> {
              if (codePoint == '\n' || !isControl(codePoint)) {
                escaped.appendCodePoint(codePoint);
                return;
              }
              for (char unit : Character.toChars(codePoint)) {
                escaped.append(String.format("\\u%04x", (int) unit));
              }
            });
    return escaped.toString();
  }

  private static String mapped(String text, boolean oneLine) {
    if (text.codePoints().noneMatch(PrintableText::isControl)) {
      return text;
    }
    StringBuilder mapped = new StringBuilder(text.length());
    text.codePoints()
        .map(
            codePoint -> {
              boolean stays = !oneLine && (codePoint == '\t' || codePoint == '\n');
              boolean blank = oneLine && (codePoint == '\t' || isLineBreak(codePoint));
              return stays ? codePoint : blank ? ' ' : printable(codePoint);
            })
        .forEach(mapped::appendCodePoint);
    return mapped.toString();
  }

  /**
   * A character as it may be printed: a control character as its picture (NUL as U+2400), any other
   * that {@link #isControl} as U+FFFD.
   */
  public static int printable(int codePoint) {
    if (!isControl(codePoint)) {
      return codePoint;
    }
    if (codePoint < ' ') {
      return CONTROL_PICTURES + codePoint;
    }
    return codePoint == DELETE ? DELETE_PICTURE : REPLACEMENT;
  }

  /**
   * Whether a character must not be printed: controls (C0, C1), line and paragraph separators,
   * marks and overrides of direction, halves of surrogate pairs, and code points that are no
   * characters.
   */
  public static boolean isControl(int codePoint) {
    return codePoint < ' '
        || in(codePoint, DELETE, 0x9F)
        || codePoint == 0x061C
        || in(codePoint, 0x200E, 0x200F)
        || in(codePoint, 0x2028, 0x202E)
        || in(codePoint, 0x2066, 0x2069)
        || in(codePoint, Character.MIN_SURROGATE, Character.MAX_SURROGATE)
        || in(codePoint, 0xFDD0, 0xFDEF)
        || (codePoint & 0xFFFE) == 0xFFFE;
  }

  private static boolean isLineBreak(int codePoint) {
    return in(codePoint, '\n', '\r') || codePoint == 0x85 || in(codePoint, 0x2028, 0x2029);
  }

  private static boolean in(int codePoint, int first, int last) {
    return codePoint >= first && codePoint <= last;
  }
}
