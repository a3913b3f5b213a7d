package org.sparkadept.decoder.tokenizer.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks what the native library is going to read of a {@code tokenizer.json}: normalizer,
 * pre-tokenizer, model, post-processor and added tokens. Each has an allow-list of kinds, and each
 * kind its own checks. The library's decoders, truncation and padding are not checked: it is never
 * given them.
 */
public final class TokenizerCheck {
  private TokenizerCheck() {}

  /**
   * Checks a file.
   *
   * @param file for messages
   * @param json its content
   * @return what is allowed, but not known to be harmless, such as an uncommon regular expression:
   *     a trial must show it; empty for nearly all files
   * @throws org.sparkadept.decoder.error.CheckpointException if the file holds what the library
   *     does not know, what would end the process or take without bound, or what makes answers
   *     depend on chance
   */
  public static List<String> check(Path file, JsonNode json) {
    Part root = new Part(file, "", json, new ArrayList<>());
    ModelCheck.check(root.at("model"));
    NormalizerCheck.Erasure erasure = NormalizerCheck.check(root.at("normalizer"));
    PreTokenizerCheck.check(root.at("pre_tokenizer"));
    PostProcessorCheck.check(root.at("post_processor"));
    AddedTokenCheck.check(root.at("added_tokens"), erasure);
    return root.doubts();
  }
}
