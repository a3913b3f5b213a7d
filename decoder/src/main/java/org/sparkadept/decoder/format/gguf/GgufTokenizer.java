package org.sparkadept.decoder.format.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.sparkadept.decoder.error.CheckpointException;

/**
 * The tokenizer of a file as the content of a Hugging Face {@code tokenizer.json}: the whole one
 * that the file may hold, else one made of the tokens, merges or scores.
 */
final class GgufTokenizer {
  static final String TOKENS = "tokenizer.ggml.tokens";
  static final String PRE_TOKENIZER = "tokenizer.ggml.pre";

  private static final String PREFIX = "tokenizer.ggml.";
  private static final String HUGGING_FACE = "tokenizer.huggingface.json";
  private static final String MODEL = PREFIX + "model";
  private static final String NONE = "none";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private GgufTokenizer() {}

  /** Whether a file has a tokenizer at all. */
  static boolean isIn(GgufKeys keys) {
    return keys.has(HUGGING_FACE)
        || keys.has(MODEL)
            && !keys.text(MODEL).equals(NONE)
            && !keys.text(MODEL).equals("no_vocab");
  }

  /**
   * @throws CheckpointException if the tokenizer is malformed or of a kind that is not supported
   */
  static String json(GgufKeys keys) {
    if (keys.has(HUGGING_FACE)) {
      return keys.text(HUGGING_FACE);
    }
    String model = keys.text(MODEL);
    GgufVocabulary vocabulary = GgufVocabulary.read(keys);
    ObjectNode root = NODES.objectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    vocabulary.addTo(root.putArray("added_tokens"));
    boolean startsByDefault;
    switch (model) {
      case "gpt2" -> {
        PreTokenizer kind = PreTokenizer.of(keys);
        startsByDefault = kind.startsText();
        BytePairModel.write(keys, vocabulary, kind, root);
      }
      case "llama" -> {
        startsByDefault = true;
        SentencePieceModel.write(keys, vocabulary, root);
      }
      default -> throw unsupported(keys, MODEL, List.of("gpt2", "llama"));
    }
    addTemplate(keys, vocabulary, startsByDefault, root);
    return root.toString();
  }

  /** A complaint about a tokenizer of an unknown kind. */
  static CheckpointException unsupported(GgufKeys keys, String key, List<String> supported) {
    return keys.wrong(
        key,
        String.format(
            "is %s, which is not supported; supported are %s. Put the tokenizer.json of the model"
                + " that the file was made of beside it",
            keys.shown(key), String.join(", ", supported)));
  }

  /** The tokens that are put before and behind every text. */
  private static void addTemplate(
      GgufKeys keys, GgufVocabulary vocabulary, boolean startsByDefault, ObjectNode root) {
    String separator = PREFIX + "add_sep_token";
    if (keys.flag(separator, false)) {
      throw keys.wrong(separator, "is true, which is not supported");
    }
    boolean starts = keys.flag(PREFIX + "add_bos_token", startsByDefault);
    boolean ends = keys.flag(PREFIX + "add_eos_token", false);
    if (!starts && !ends) {
      root.putNull("post_processor");
      return;
    }
    ObjectNode processor = root.putObject("post_processor").put("type", "TemplateProcessing");
    ObjectNode special = NODES.objectNode();
    ArrayNode single = processor.putArray("single");
    ArrayNode pair = processor.putArray("pair");
    if (starts) {
      String key = PREFIX + "bos_token_id";
      addSpecial(single, vocabulary, keys.token(key, vocabulary.size()), special);
    }
    addSequence(single, "A", 0);
    if (ends) {
      String key = PREFIX + "eos_token_id";
      addSpecial(single, vocabulary, keys.token(key, vocabulary.size()), special);
    }
    addSequence(pair, "A", 0);
    addSequence(pair, "B", 1);
    processor.set("special_tokens", special);
  }

  private static void addSequence(ArrayNode template, String id, int type) {
    template.addObject().putObject("Sequence").put("id", id).put("type_id", type);
  }

  private static void addSpecial(
      ArrayNode template, GgufVocabulary vocabulary, int token, ObjectNode special) {
    String text = vocabulary.text(token);
    template.addObject().putObject("SpecialToken").put("id", text).put("type_id", 0);
    ObjectNode entry = special.putObject(text).put("id", text);
    entry.putArray("ids").add(token);
    entry.putArray("tokens").add(text);
  }
}
