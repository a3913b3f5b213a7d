package org.sparkadept.pipeline.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.adept.ModelFiles;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;

/**
 * All that the answer to a text depends on: the content of the model's files, and the options that
 * change answers. Runs of one identity give a text the same answer.
 *
 * @param facts by name
 */
record AnswerIdentity(Map<String, String> facts) {
  private static final List<AdeptKey<?>> OPTIONS =
      List.of(
          AdeptKey.EXIT_POLICY,
          AdeptKey.EXIT_THRESHOLD,
          AdeptKey.EXIT_TOKENS,
          AdeptKey.MODEL_MAX_TOKENS,
          AdeptKey.OUTPUT_SCORES,
          AdeptKey.OUTPUT_TOP_K,
          AdeptKey.OUTPUT_MIN_SCORE);

  /**
   * The identity of answers under a configuration.
   *
   * @throws org.sparkadept.decoder.error.AdeptException if no model is named or its files cannot be
   *     read
   */
  static AnswerIdentity of(AdeptConf conf) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model", "sha256:" + ModelFiles.hash(ModelPath.location(conf).fetched()));
    for (AdeptKey<?> option : OPTIONS) {
      facts.put(option.key(), conf.text(option));
    }
    if (conf.classifierOptions().longRows().inChunks()) {
      // With the bound on tokens: earlier releases recorded that alone, and cut.
      facts.merge(
          AdeptKey.MODEL_MAX_TOKENS.key(),
          conf.classifierOptions().longRows().toString(),
          (bound, chunks) -> bound + ", " + chunks);
    }
    return new AnswerIdentity(facts);
  }
}
