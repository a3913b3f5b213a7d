package org.sparkadept.training.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * The byte-level alphabet of GPT-2: every byte has a printable character of its own, so that any
 * text, whatever its script, is spelled with 256 symbols.
 */
final class ByteAlphabet {
  static final int SIZE = 256;
  private static final char[] SYMBOLS = symbols();

  private ByteAlphabet() {}

  /** The character that stands for a byte value in 0..255. */
  static char symbol(int value) {
    return SYMBOLS[value];
  }

  /** Spells the UTF-8 bytes of a text with the alphabet. */
  static String spell(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder spelled = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      spelled.append(SYMBOLS[b & 0xff]);
    }
    return spelled.toString();
  }

  private static char[] symbols() {
    char[] symbols = new char[SIZE];
    int shifted = 0;
    for (int value = 0; value < SIZE; value++) {
      boolean printable =
          (value >= '!' && value <= '~')
              || (value >= 0xa1 && value <= 0xac)
              || (value >= 0xae && value <= 0xff);
      symbols[value] = (char) (printable ? value : SIZE + shifted++);
    }
    return symbols;
  }
}
