package org.sparkadept.decoder.tokenizer.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * The post-processor: which special tokens are put before and behind a text. One part at most may
 * add tokens, since the library takes what a second one would see for several texts.
 */
final class PostProcessorCheck {
  private static final int MOST_TOKENS = 64;

  private final Nesting nesting = new Nesting();

  private PostProcessorCheck() {}

  static void check(Part processor) {
    if (!processor.isAbsent()) {
      new PostProcessorCheck().check(processor, false, 0);
    }
  }

  /** Whether this part, or one before it, adds tokens. */
  private boolean check(Part processor, boolean added, int depth) {
    nesting.enter(processor, depth);
    switch (processor.type()) {
      case "ByteLevel":
        return added;
      case "Sequence":
        boolean adds = added;
        for (Part part : processor.at("processors").elements()) {
          adds = check(part, adds, depth + 1);
        }
        return adds;
      case "TemplateProcessing":
        requireFirst(processor, added);
        template(processor);
        return true;
      case "BertProcessing":
      case "RobertaProcessing":
        requireFirst(processor, added);
        pair(processor.at("sep"));
        pair(processor.at("cls"));
        return true;
      default:
        throw processor
            .at("type")
            .wrong(
                "is not known; known are TemplateProcessing, BertProcessing, RobertaProcessing,"
                    + " ByteLevel and Sequence");
    }
  }

  private static void requireFirst(Part processor, boolean added) {
    if (added) {
      throw processor.wrong("adds special tokens a second time");
    }
  }

  /** A token and its id. */
  private static void pair(Part pair) {
    if (!pair.node().isArray() || pair.node().size() != 2) {
      throw pair.wrong("must be a token and its id");
    }
    ModelCheck.id(pair.elements().get(1));
  }

  private static void template(Part processor) {
    Part tokens = processor.at("special_tokens");
    if (!tokens.node().isObject()) {
      throw tokens.wrong("must be an object");
    }
    for (Map.Entry<String, JsonNode> token : tokens.node().properties()) {
      token(tokens.entry(token.getKey()));
    }
    int texts = pieces(processor.at("single"), "A", tokens);
    if (texts != 1) {
      throw processor
          .at("single")
          .wrong("must have the text A once, but has it " + texts + " times");
    }
    pieces(processor.at("pair"), "AB", tokens);
  }

  private static void token(Part token) {
    JsonNode ids = token.node().path("ids");
    if (!ids.isArray() || ids.isEmpty() || ids.size() != token.node().path("tokens").size()) {
      throw token.wrong("must have as many ids as tokens, and one at least");
    }
    if (ids.size() > MOST_TOKENS) {
      throw token.wrong("has more than " + MOST_TOKENS + " ids");
    }
    token.at("ids").elements().forEach(ModelCheck::id);
  }

  /** How many of a template's pieces are texts. */
  private static int pieces(Part template, String allowed, Part tokens) {
    if (template.node().size() > MOST_TOKENS) {
      throw template.wrong("has more than " + MOST_TOKENS + " pieces");
    }
    int texts = 0;
    for (Part piece : template.elements()) {
      Part special = piece.at("SpecialToken");
      if (special.isAbsent()) {
        String id = piece.at("Sequence").at("id").text();
        if (id.length() != 1 || !allowed.contains(id)) {
          throw piece.wrong("names a text that is not there");
        }
        texts++;
      } else if (!tokens.node().has(special.at("id").text())) {
        throw piece.wrong("names a special token that is not among special_tokens");
      }
    }
    return texts;
  }
}
