package org.sparkadept.decoder.tokenizer;

/**
 * The alphabet of byte-level BPE (GPT-2's {@code bytes_to_unicode}): printable bytes of Latin-1 are
 * written as themselves, the others in order as the characters from U+0100 on.
 */
public final class ByteLevelAlphabet {
  private static final int BYTES = 256;
  private static final char[] CHARACTERS = new char[BYTES];
  private static final short[] BYTE_OF_CHARACTER = new short[2 * BYTES];

  static {
    java.util.Arrays.fill(BYTE_OF_CHARACTER, (short) -1);
    int next = BYTES;
    for (int value = 0; value < BYTES; value++) {
      boolean printable =
          (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xFF && value != 0xAD);
      CHARACTERS[value] = (char) (printable ? value : next++);
      BYTE_OF_CHARACTER[CHARACTERS[value]] = (short) value;
    }
  }

  private ByteLevelAlphabet() {}

  /**
   * @param value a byte, 0 to 255
   * @return the character that writes it
   */
  public static char character(int value) {
    return CHARACTERS[value];
  }

  /** Writes bytes in this alphabet. */
  static String text(byte[] bytes) {
    char[] characters = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      characters[i] = CHARACTERS[bytes[i] & 0xFF];
    }
    return new String(characters);
  }

  /**
   * @param token a token in this alphabet
   * @return its bytes; null where it has a character that the alphabet does not have
   */
  public static byte[] bytes(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTE_OF_CHARACTER.length || BYTE_OF_CHARACTER[c] < 0) {
        return null;
      }
      bytes[i] = (byte) BYTE_OF_CHARACTER[c];
    }
    return bytes;
  }
}
