package org.sparkadept.decoder.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Texts that bring out what is wrong with a tokenizer. */
final class TrialTexts {
  /**
   * An expression that goes back with the square of a text's length gives up, with the process, on
   * half the square of this.
   */
  private static final int RUN = 5000;

  private static final int ASCII_END = 0x7F;

  private TrialTexts() {}

  /**
   * A long run of each character of ASCII, and of one character of each kind; then all characters
   * that Unicode has. All of ASCII follows on a run, since an expression that needs a certain
   * character is not even begun in a text without.
   */
  static List<String> all() {
    Map<Object, String> samples = new LinkedHashMap<>();
    StringBuilder every = new StringBuilder();
    for (int c = 1; c <= Character.MAX_CODE_POINT; c++) {
      int kind = Character.getType(c);
      if (kind != Character.UNASSIGNED && kind != Character.SURROGATE) {
        String text = Character.toString(c);
        every.append(text);
        samples.putIfAbsent(c < ASCII_END ? text : kind, text);
      }
    }
    String ascii = every.substring(0, ASCII_END - 1);
    List<String> texts = new ArrayList<>();
    for (String sample : samples.values()) {
      texts.add(sample.repeat(RUN) + "\u00e9" + ascii);
    }
    for (String pair : List.of("ab", "aA", "a1", "a.", "a ", "\r\n", " \n", "'s", "e\u0301")) {
      texts.add(pair.repeat(RUN / 2) + "\u00e9" + ascii);
    }
    for (int from = 0; from < every.length(); from += RUN) {
      texts.add(every.substring(from, Math.min(every.length(), from + RUN)));
    }
    return texts;
  }
}
