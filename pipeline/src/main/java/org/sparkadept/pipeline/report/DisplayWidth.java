package org.sparkadept.pipeline.report;

/** How many terminal columns a text takes: wide characters two, combining marks none. */
final class DisplayWidth {
  private static final char ELLIPSIS = '…';

  private DisplayWidth() {}

  /** Columns of a text. */
  static int of(String text) {
    int columns = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      columns += of(text.codePointAt(i));
    }
    return columns;
  }

  /** Cuts a text, with an ellipsis, or pads it with spaces, so that it takes so many columns. */
  static String fit(String text, int columns) {
    String clean = text.replaceAll("\\p{Cntrl}+", " ");
    StringBuilder fitted = new StringBuilder();
    int used = 0;
    boolean cut = of(clean) > columns;
    int room = cut ? columns - 1 : columns;
    for (int i = 0; i < clean.length(); i += Character.charCount(clean.codePointAt(i))) {
      int codePoint = clean.codePointAt(i);
      if (used + of(codePoint) > room) {
        break;
      }
      fitted.appendCodePoint(codePoint);
      used += of(codePoint);
    }
    if (cut) {
      fitted.append(ELLIPSIS);
      used++;
    }
    return fitted.append(" ".repeat(Math.max(0, columns - used))).toString();
  }

  private static int of(int codePoint) {
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
