package org.sparkadept.decoder.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;

/**
 * Makes text of the tokens in a vocabulary. Byte-level tokenizers write each byte as one character
 * of the {@link ByteLevelAlphabet}; others write a blank as {@code ▁}.
 *
 * @param byteLevel whether tokens are written in the byte-level alphabet
 */
record TokenText(boolean byteLevel) {
  /** How a {@code tokenizer.json} writes its tokens. */
  static TokenText of(JsonNode file) {
    return new TokenText(
        hasByteLevel(file.path("pre_tokenizer")) || hasByteLevel(file.path("decoder")));
  }

  private static boolean hasByteLevel(JsonNode part) {
    return part.findValuesAsText("type").contains("ByteLevel");
  }

  /** The UTF-8 that a token stands for. */
  byte[] bytes(String token) {
    if (!byteLevel) {
      return token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
    }
    byte[] bytes = ByteLevelAlphabet.bytes(token);
    return bytes == null ? token.getBytes(StandardCharsets.UTF_8) : bytes;
  }

  /** The text that a token stands for; U+FFFD in place of a part of a character. */
  String text(String token) {
    return new String(bytes(token), StandardCharsets.UTF_8);
  }
}
