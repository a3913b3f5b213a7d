package org.sparkadept.decoder.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The tokens of a {@code tokenizer.json} as the bytes that they stand for.
 *
 * @param pieces bytes of every token, in no order
 * @param size one more than the highest id
 */
record TokenizerVocabulary(List<byte[]> pieces, int size) {

  /** Index: a character below U+0200; value: the byte it writes, or -1. */
  private static final short[] BYTE_OF_CHARACTER = byteOfCharacter();

  /** Reads {@code model.vocab}, an object (BPE) or a list of pairs (Unigram), and added tokens. */
  static TokenizerVocabulary of(JsonNode file) {
    JsonNode vocab = file.path("model").path("vocab");
    boolean byteLevel =
        isByteLevel(file.path("pre_tokenizer")) || isByteLevel(file.path("decoder"));
    List<byte[]> pieces = new ArrayList<>(vocab.size());
    int highest = -1;
    if (vocab.isArray()) {
      for (JsonNode pair : vocab) {
        pieces.add(bytes(pair.path(0).asText(), byteLevel));
      }
      highest = vocab.size() - 1;
    } else {
      for (Map.Entry<String, JsonNode> field : vocab.properties()) {
        pieces.add(bytes(field.getKey(), byteLevel));
        highest = Math.max(highest, field.getValue().asInt());
      }
    }
    for (JsonNode added : file.path("added_tokens")) {
      pieces.add(added.path("content").asText().getBytes(StandardCharsets.UTF_8));
      highest = Math.max(highest, added.path("id").asInt());
    }
    return new TokenizerVocabulary(pieces, highest + 1);
  }

  private static boolean isByteLevel(JsonNode part) {
    return part.findValuesAsText("type").contains("ByteLevel");
  }

  private static byte[] bytes(String token, boolean byteLevel) {
    if (!byteLevel) {
      return token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
    }
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c >= BYTE_OF_CHARACTER.length || BYTE_OF_CHARACTER[c] < 0) {
        return token.getBytes(StandardCharsets.UTF_8); // outside the alphabet: stands for itself
      }
      bytes[i] = (byte) BYTE_OF_CHARACTER[c];
    }
    return bytes;
  }

  /**
   * The alphabet of byte-level BPE (GPT-2's {@code bytes_to_unicode}): printable bytes of Latin-1
   * are written as themselves, the others in order as the characters from U+0100 on.
   */
  private static short[] byteOfCharacter() {
    short[] map = new short[0x200];
    Arrays.fill(map, (short) -1);
    int next = 0x100;
    for (int value = 0; value < 256; value++) {
      boolean printable =
          (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xFF && value != 0xAD);
      map[printable ? value : next++] = (short) value;
    }
    return map;
  }
}
