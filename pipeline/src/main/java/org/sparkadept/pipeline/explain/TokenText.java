package org.sparkadept.pipeline.explain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.tokenizer.ByteLevelAlphabet;

/**
 * Makes text of tokens. Byte-level tokenizers write each byte as one character of the {@link
 * ByteLevelAlphabet}; others write a blank as {@code ▁}. A token that holds only a part of a
 * character shows U+FFFD in its place.
 */
final class TokenText {
  private final boolean byteLevel;

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
    byteLevel =
        json.path("decoder").findValuesAsText("type").contains("ByteLevel")
            || json.path("pre_tokenizer").findValuesAsText("type").contains("ByteLevel");
  }

  /** The text that a token, as the tokenizer writes it, stands for. */
  String of(String token) {
    if (!byteLevel) {
      return token.replace('▁', ' ');
    }
    byte[] utf8 = ByteLevelAlphabet.bytes(token);
    return utf8 == null ? token : new String(utf8, StandardCharsets.UTF_8);
  }
}
