package org.sparkadept.decoder.format.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.error.CheckpointException;

/** The tokens of a file by id, and what kind each is of (llama.cpp's {@code llama_token_type}). */
final class GgufVocabulary {
  private static final String TYPES = "tokenizer.ggml.token_type";

  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;

  private final List<String> tokens;
  private final int[] types;
  private final Map<String, Integer> ids = new LinkedHashMap<>();

  private GgufVocabulary(List<String> tokens, int[] types) {
    this.tokens = tokens;
    this.types = types;
  }

  /**
   * @throws CheckpointException if a list is malformed, or two ids have the same token
   */
  static GgufVocabulary read(GgufKeys keys) {
    List<String> tokens = keys.texts(GgufTokenizer.TOKENS);
    int[] types = keys.has(TYPES) ? keys.integers(TYPES) : null;
    if (types != null && types.length != tokens.size()) {
      throw keys.wrong(
          TYPES, String.format("has %d entries for %d tokens", types.length, tokens.size()));
    }
    GgufVocabulary vocabulary = new GgufVocabulary(tokens, types);
    for (int id = 0; id < tokens.size(); id++) {
      if (vocabulary.isUsed(id)) {
        Integer other = vocabulary.ids.putIfAbsent(tokens.get(id), id);
        if (other != null) {
          throw keys.wrong(
              GgufTokenizer.TOKENS,
              String.format(
                  "has the token %s twice, as %d and %d",
                  CheckpointException.quote(tokens.get(id)), other, id));
        }
      }
    }
    return vocabulary;
  }

  /** Number of ids, those without a token included. */
  int size() {
    return tokens.size();
  }

  /** The token of an id. */
  String text(int id) {
    return tokens.get(id);
  }

  /** Ids by token, ascending, without those that only fill up the embedding. */
  Map<String, Integer> ids() {
    return ids;
  }

  /** Whether a token is found by merging; others are found as a whole, or never. */
  boolean isMerged(int id) {
    return type(id) == NORMAL;
  }

  /** The token that stands for what no other token does; null where there is none. */
  String unknown() {
    for (int id = 0; id < tokens.size(); id++) {
      if (type(id) == UNKNOWN) {
        return tokens.get(id);
      }
    }
    return null;
  }

  /** Adds the tokens that are found in a text before all else. */
  void addTo(ArrayNode added) {
    for (int id : ids.values()) {
      int type = type(id);
      if (type == CONTROL || type == USER_DEFINED || type == UNKNOWN) {
        ObjectNode token = added.addObject().put("id", id).put("content", tokens.get(id));
        token.put("single_word", false).put("lstrip", false).put("rstrip", false);
        token.put("normalized", false).put("special", type != USER_DEFINED);
      }
    }
  }

  /** Converters fill the vocabulary up to the rows of the embedding. */
  private boolean isUsed(int id) {
    return type(id) != UNUSED && !tokens.get(id).isEmpty();
  }

  private int type(int id) {
    return types == null ? NORMAL : types[id];
  }
}
