package org.sparkadept.decoder.format.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.error.CheckpointException;

/**
 * SentencePiece's BPE: {@code tokenizer.ggml.model} is {@code llama}. It merges the two neighbours
 * whose union has the highest score; a {@code tokenizer.json} lists the same merges in the order of
 * the scores, as Transformers makes it of a {@code tokenizer.model}. Spaces are written as {@code
 * ▁}, and what no token covers as the tokens of its bytes.
 */
final class SentencePieceModel {
  private static final String SCORES = "tokenizer.ggml.scores";
  private static final String SPACE_PREFIX = "tokenizer.ggml.add_space_prefix";
  private static final String EXTRA_SPACES = "tokenizer.ggml.remove_extra_whitespaces";
  private static final String SPACE = "▁";

  private record Merge(String left, String right, float score) {}

  private SentencePieceModel() {}

  /**
   * Adds {@code normalizer}, {@code pre_tokenizer}, {@code decoder} and {@code model}.
   *
   * @throws CheckpointException if the scores are absent or malformed
   */
  static void write(GgufKeys keys, GgufVocabulary vocabulary, ObjectNode root) {
    float[] scores = keys.numbers(SCORES);
    if (scores.length != vocabulary.size()) {
      throw keys.wrong(
          SCORES, String.format("has %d entries for %d tokens", scores.length, vocabulary.size()));
    }
    if (keys.flag(EXTRA_SPACES, false)) {
      throw keys.wrong(EXTRA_SPACES, "is true, which is not supported");
    }
    addNormalizer(keys.flag(SPACE_PREFIX, true), root);
    root.putNull("pre_tokenizer");
    addDecoder(root);
    ObjectNode model = BytePairModel.emptyModel(root, vocabulary);
    model.put("unk_token", vocabulary.unknown());
    model.put("fuse_unk", true).put("byte_fallback", true).put("ignore_merges", false);
    ArrayNode merges = model.putArray("merges");
    for (Merge merge : merges(vocabulary, scores)) {
      merges.addArray().add(merge.left()).add(merge.right());
    }
  }

  private static void addNormalizer(boolean startsWithSpace, ObjectNode root) {
    ObjectNode normalizer = root.putObject("normalizer").put("type", "Sequence");
    ArrayNode steps = normalizer.putArray("normalizers");
    if (startsWithSpace) {
      steps.addObject().put("type", "Prepend").put("prepend", SPACE);
    }
    ObjectNode replace = steps.addObject().put("type", "Replace");
    replace.putObject("pattern").put("String", " ");
    replace.put("content", SPACE);
  }

  private static void addDecoder(ObjectNode root) {
    ObjectNode decoder = root.putObject("decoder").put("type", "Sequence");
    ArrayNode steps = decoder.putArray("decoders");
    ObjectNode replace = steps.addObject().put("type", "Replace");
    replace.putObject("pattern").put("String", SPACE);
    replace.put("content", " ");
    steps.addObject().put("type", "ByteFallback");
    steps.addObject().put("type", "Fuse");
  }

  /**
   * All ways to make a token of two others, the higher score first. Equal scores are ordered as
   * Transformers orders them: the longer left side first, the longer right side, then by id.
   */
  private static List<Merge> merges(GgufVocabulary vocabulary, float[] scores) {
    Map<String, Integer> ids = vocabulary.ids();
    List<Merge> merges = new ArrayList<>();
    for (Map.Entry<String, Integer> token : ids.entrySet()) {
      if (!vocabulary.isMerged(token.getValue())) {
        continue;
      }
      List<Merge> ways = new ArrayList<>();
      String text = token.getKey();
      for (int i = 1; i < text.length(); i++) {
        String left = text.substring(0, i);
        String right = text.substring(i);
        if (ids.containsKey(left) && ids.containsKey(right)) {
          ways.add(new Merge(left, right, scores[token.getValue()]));
        }
      }
      ways.sort(
          Comparator.<Merge>comparingInt(merge -> ids.get(merge.left()))
              .thenComparingInt(merge -> ids.get(merge.right())));
      merges.addAll(ways);
    }
    merges.sort(
        Comparator.comparingDouble((Merge merge) -> -merge.score())
            .thenComparingInt(merge -> -characters(merge.left()))
            .thenComparingInt(merge -> -characters(merge.right())));
    return merges;
  }

  private static int characters(String token) {
    return token.codePointCount(0, token.length());
  }
}
