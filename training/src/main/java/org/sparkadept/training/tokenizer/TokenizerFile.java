package org.sparkadept.training.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sparkadept.decoder.format.safetensors.SafetensorsFormat;

/** Writes a vocabulary as the two tokenizer files of a Hugging Face model directory. */
public final class TokenizerFile {
  /** Name of the file that has the whole tokenizer. */
  public static final String NAME = SafetensorsFormat.TOKENIZER_FILE;

  /** Name of the file with the settings of Hugging Face Transformers. */
  public static final String CONFIG_NAME = "tokenizer_config.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private TokenizerFile() {}

  /**
   * Writes {@link #NAME} and {@link #CONFIG_NAME}. Every encoded text, and every pair, ends in one
   * {@link Vocabulary#CLASS}.
   *
   * @param directory an existing directory
   * @param maxLength longest row that the model takes, in tokens
   * @throws IOException if a file cannot be written
   */
  public static void write(Path directory, Vocabulary vocabulary, int maxLength)
      throws IOException {
    Files.write(directory.resolve(NAME), JSON.writeValueAsBytes(tokenizer(vocabulary)));
    ObjectNode config = NODES.objectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("pad_token", Vocabulary.PAD);
    config.put("cls_token", Vocabulary.CLASS);
    config.put("padding_side", "right");
    config.put("truncation_side", "right");
    config.put("model_max_length", maxLength);
    config.put("clean_up_tokenization_spaces", false);
    Files.write(
        directory.resolve(CONFIG_NAME),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config));
  }

  private static ObjectNode tokenizer(Vocabulary vocabulary) {
    ObjectNode root = NODES.objectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    added.add(addedToken(Vocabulary.PAD_ID, Vocabulary.PAD));
    added.add(addedToken(Vocabulary.CLASS_ID, Vocabulary.CLASS));
    root.putNull("normalizer");
    root.set("pre_tokenizer", byteLevel());
    root.set("post_processor", template());
    root.set("decoder", byteLevel());
    root.set("model", model(vocabulary));
    return root;
  }

  private static ObjectNode addedToken(int id, String content) {
    ObjectNode token = NODES.objectNode();
    token.put("id", id);
    token.put("content", content);
    token.put("single_word", false);
    token.put("lstrip", false);
    token.put("rstrip", false);
    token.put("normalized", false);
    token.put("special", true);
    return token;
  }

  private static ObjectNode byteLevel() {
    ObjectNode node = NODES.objectNode();
    node.put("type", "ByteLevel");
    node.put("add_prefix_space", true);
    node.put("trim_offsets", true);
    node.put("use_regex", true);
    return node;
  }

  private static ObjectNode template() {
    ObjectNode node = NODES.objectNode();
    node.put("type", "TemplateProcessing");
    ArrayNode single = node.putArray("single");
    single.add(piece("Sequence", "A", 0));
    single.add(piece("SpecialToken", Vocabulary.CLASS, 0));
    ArrayNode pair = node.putArray("pair");
    pair.add(piece("Sequence", "A", 0));
    pair.add(piece("Sequence", "B", 0));
    pair.add(piece("SpecialToken", Vocabulary.CLASS, 0));
    ObjectNode classToken = node.putObject("special_tokens").putObject(Vocabulary.CLASS);
    classToken.put("id", Vocabulary.CLASS);
    classToken.putArray("ids").add(Vocabulary.CLASS_ID);
    classToken.putArray("tokens").add(Vocabulary.CLASS);
    return node;
  }

  private static ObjectNode piece(String kind, String id, int type) {
    ObjectNode piece = NODES.objectNode();
    piece.putObject(kind).put("id", id).put("type_id", type);
    return piece;
  }

  private static ObjectNode model(Vocabulary vocabulary) {
    ObjectNode model = NODES.objectNode();
    model.put("type", "BPE");
    model.putNull("dropout");
    model.putNull("unk_token");
    model.putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix");
    model.put("fuse_unk", false);
    model.put("byte_fallback", false);
    model.put("ignore_merges", false);
    ObjectNode ids = model.putObject("vocab");
    for (int id = 0; id < vocabulary.size(); id++) {
      ids.put(vocabulary.tokens().get(id), id);
    }
    ArrayNode merges = model.putArray("merges");
    for (int[] merge : vocabulary.merges()) {
      merges.add(vocabulary.tokens().get(merge[0]) + " " + vocabulary.tokens().get(merge[1]));
    }
    return model;
  }
}
