package org.sparkadept.decoder.format.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.error.CheckpointException;

/** Byte-level BPE: {@code tokenizer.ggml.model} is {@code gpt2}. */
final class BytePairModel {
  private static final String MERGES = "tokenizer.ggml.merges";

  private BytePairModel() {}

  /**
   * Adds {@code normalizer}, {@code pre_tokenizer}, {@code decoder} and {@code model}.
   *
   * @throws CheckpointException if the merges are absent or malformed
   */
  static void write(GgufKeys keys, GgufVocabulary vocabulary, PreTokenizer kind, ObjectNode root) {
    kind.addTo(root);
    PreTokenizer.byteLevel(root.putObject("decoder"), true);
    ObjectNode model = emptyModel(root, vocabulary);
    model.putNull("unk_token");
    model.put("fuse_unk", false).put("byte_fallback", false);
    model.put("ignore_merges", kind.looksUpWords());
    List<String> merges = keys.texts(MERGES);
    ArrayNode pairs = model.putArray("merges");
    for (String merge : merges) {
      int blank = merge.indexOf(' ', 1);
      if (blank < 0 || blank == merge.length() - 1) {
        throw keys.wrong(
            MERGES, "has " + CheckpointException.quote(merge) + ", which is no pair of tokens");
      }
      pairs.addArray().add(merge.substring(0, blank)).add(merge.substring(blank + 1));
    }
  }

  /** Adds a model of the type BPE with a vocabulary and without merges. */
  static ObjectNode emptyModel(ObjectNode root, GgufVocabulary vocabulary) {
    ObjectNode model = root.putObject("model").put("type", "BPE").putNull("dropout");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    ObjectNode vocab = model.putObject("vocab");
    for (Map.Entry<String, Integer> token : vocabulary.ids().entrySet()) {
      vocab.put(token.getKey(), token.getValue());
    }
    return model;
  }
}
