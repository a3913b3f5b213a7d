package org.sparkadept.decoder.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The tokens of a {@code tokenizer.json} as the bytes that they stand for.
 *
 * @param pieces bytes of every token, in no order
 * @param size one more than the highest id
 */
record TokenizerVocabulary(List<byte[]> pieces, int size) {

  /** Reads {@code model.vocab}, an object (BPE) or a list of pairs (Unigram), and added tokens. */
  static TokenizerVocabulary of(JsonNode file) {
    JsonNode vocab = file.path("model").path("vocab");
    TokenText text = TokenText.of(file);
    List<byte[]> pieces = new ArrayList<>(vocab.size());
    int highest = -1;
    if (vocab.isArray()) {
      for (JsonNode pair : vocab) {
        pieces.add(text.bytes(pair.path(0).asText()));
      }
      highest = vocab.size() - 1;
    } else {
      for (Map.Entry<String, JsonNode> field : vocab.properties()) {
        pieces.add(text.bytes(field.getKey()));
        highest = Math.max(highest, field.getValue().asInt());
      }
    }
    for (JsonNode added : file.path("added_tokens")) {
      pieces.add(added.path("content").asText().getBytes(StandardCharsets.UTF_8));
      highest = Math.max(highest, added.path("id").asInt());
    }
    return new TokenizerVocabulary(pieces, highest + 1);
  }
}
