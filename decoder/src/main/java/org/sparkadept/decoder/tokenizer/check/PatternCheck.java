package org.sparkadept.decoder.tokenizer.check;

/**
 * What a part of a text must match, {@code {"String": …}} or {@code {"Regex": …}}. The library's
 * regular expressions give up, and with them the process, after ten million steps back.
 */
final class PatternCheck {
  private static final int LONGEST = 10_000;

  private PatternCheck() {}

  /**
   * Checks a pattern.
   *
   * @return least characters of a match: of an expression 1, or 0 where it may match an empty text
   */
  static int check(Part pattern) {
    Part text = pattern.at("String");
    if (!text.isAbsent()) {
      if (text.text().isEmpty()) {
        throw pattern.wrong("is an empty text, which is everywhere");
      }
      return text.text(1, LONGEST).length();
    }
    Part regex = pattern.at("Regex");
    RegexShape shape = RegexShape.of(regex.text(1, LONGEST));
    if (shape == RegexShape.UNKNOWN) {
      regex.doubt("is a regular expression that may go back over a text many times");
    }
    return shape == RegexShape.LINEAR_OR_EMPTY ? 0 : 1;
  }
}
