package org.sparkadept.decoder.tokenizer.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.sparkadept.decoder.error.CheckpointException;

/**
 * The model: what makes ids of pieces of text. Vocabularies may be of any size, their tokens may
 * not: the library keeps some in a tree as deep as they are long.
 */
final class ModelCheck {
  /** In characters; the longest in use are 128 to 256 blanks. */
  private static final int LONGEST_TOKEN = 512;

  private static final int LONGEST_MARK = 64;

  /** Time grows with the square of a word's length. */
  private static final int LONGEST_WORD = 1000;

  private ModelCheck() {}

  static void check(Part model) {
    switch (type(model)) {
      case "BPE" -> bytePairs(model);
      case "WordPiece" -> wordPiece(model);
      case "WordLevel" -> vocabulary(model.at("vocab"));
      case "Unigram" -> unigram(model);
      default ->
          throw model
              .at("type")
              .wrong("is not known; known are BPE, Unigram, WordPiece and WordLevel");
    }
  }

  /** Files of old have no type. */
  private static String type(Part model) {
    JsonNode node = model.node();
    if (!node.has("type")) {
      return node.has("merges") ? "BPE" : node.path("vocab").isArray() ? "Unigram" : "WordPiece";
    }
    return model.type();
  }

  /** An id that a token may have. */
  static void id(Part id) {
    id.whole(0, Integer.MAX_VALUE - 1);
  }

  private static void bytePairs(Part model) {
    if (model.at("dropout").node().asDouble(0) != 0) {
      throw model
          .at("dropout")
          .wrong(
              "must be null: it drops merges by chance, so that answers would differ from run"
                  + " to run");
    }
    vocabulary(model.at("vocab"));
    for (String mark : new String[] {"continuing_subword_prefix", "end_of_word_suffix"}) {
      if (!model.at(mark).isAbsent()) {
        model.at(mark).text(0, LONGEST_MARK);
      }
    }
    String prefix = model.node().path("continuing_subword_prefix").asText("");
    JsonNode merges = model.node().path("merges");
    if (!merges.isArray()) {
      throw model.at("merges").wrong("must be an array");
    }
    for (int i = 0; i < merges.size() && !prefix.isEmpty(); i++) {
      if (!right(merges.get(i)).startsWith(prefix)) {
        throw model
            .at("merges")
            .elements()
            .get(i)
            .wrong("has a right side without the model's continuing_subword_prefix");
      }
    }
  }

  private static String right(JsonNode merge) {
    if (merge.isArray()) {
      return merge.path(1).asText();
    }
    String text = merge.asText();
    return text.substring(text.indexOf(' ') + 1);
  }

  private static void wordPiece(Part model) {
    vocabulary(model.at("vocab"));
    if (!model.at("continuing_subword_prefix").isAbsent()) {
      model.at("continuing_subword_prefix").text(0, LONGEST_MARK);
    }
    if (!model.at("max_input_chars_per_word").isAbsent()) {
      model.at("max_input_chars_per_word").whole(0, LONGEST_WORD);
    }
  }

  private static void unigram(Part model) {
    JsonNode vocab = model.node().path("vocab");
    if (!vocab.isArray()) {
      throw model.at("vocab").wrong("must be an array of pieces with scores");
    }
    for (int i = 0; i < vocab.size(); i++) {
      JsonNode piece = vocab.get(i).path(0);
      if (!piece.isTextual() || piece.textValue().length() > LONGEST_TOKEN) {
        throw model
            .at("vocab")
            .elements()
            .get(i)
            .wrong("must be a piece of " + LONGEST_TOKEN + " characters at most, and its score");
      }
    }
  }

  private static void vocabulary(Part vocab) {
    if (!vocab.node().isObject()) {
      throw vocab.wrong("must be an object of tokens and ids");
    }
    for (Map.Entry<String, JsonNode> token : vocab.node().properties()) {
      String text = token.getKey();
      if (text.length() > LONGEST_TOKEN) {
        throw vocab.wrong(
            String.format(
                "has a token of %d characters, but %d are the most", text.length(), LONGEST_TOKEN));
      }
      JsonNode id = token.getValue();
      if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
        throw vocab.wrong(
            "has the token "
                + CheckpointException.quote(text)
                + " whose id is "
                + CheckpointException.quote(id.toString())
                + ", which no model has");
      }
    }
  }
}
