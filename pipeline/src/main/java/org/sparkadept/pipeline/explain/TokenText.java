package org.sparkadept.pipeline.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Makes text of tokens. Byte-level tokenizers write each byte as one character, itself where it is
 * printable (see GPT-2's {@code bytes_to_unicode}); others write a blank as {@code ▁}. A token that
 * holds a part of a character only shows U+FFFD in its place.
 */
final class TokenText {
  private static final int BYTES = 256;

  private final Map<Integer, Integer> bytes = new HashMap<>();

  /**
   * @param tokenizerJson the model's {@code tokenizer.json}
   * @throws AdeptException if it cannot be read
   */
  TokenText(Path tokenizerJson) {
    JsonNode json;
    try {
      json = new ObjectMapper().readTree(tokenizerJson.toFile());
    } catch (IOException e) {
      throw new AdeptException(tokenizerJson + " cannot be read: " + e.getMessage(), e);
    }
    if (json.path("decoder").findValuesAsText("type").contains("ByteLevel")
        || json.path("pre_tokenizer").findValuesAsText("type").contains("ByteLevel")) {
      int substitute = BYTES;
      for (int value = 0; value < BYTES; value++) {
        boolean printable = (value > 32 && value < 127) || (value > 160 && value != 173);
        bytes.put(printable ? value : substitute++, value);
      }
    }
  }

  /** The text that a token, as the tokenizer writes it, stands for. */
  String of(String token) {
    if (bytes.isEmpty()) {
      return token.replace('▁', ' ');
    }
    ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
    for (int i = 0; i < token.length(); i++) {
      Integer value = bytes.get((int) token.charAt(i));
      if (value == null) {
        return token;
      }
      utf8.write(value);
    }
    return utf8.toString(StandardCharsets.UTF_8);
  }
}
