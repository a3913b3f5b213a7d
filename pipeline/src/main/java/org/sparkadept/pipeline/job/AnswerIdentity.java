package org.sparkadept.pipeline.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.adept.ModelFiles;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;

/**
 * All that the answer to a text depends on: the content of the model's files and of its adapter's,
 * and the options that change answers. Runs of one identity give a text the same answer.
 *
 * <p>An option that changes answers is added to {@link #NEWER}.
 *
 * @param facts by name
 */
record AnswerIdentity(Map<String, String> facts) {
  /** What is always written down. */
  private static final List<AdeptKey<?>> OPTIONS =
      List.of(
          AdeptKey.EXIT_POLICY,
          AdeptKey.EXIT_THRESHOLD,
          AdeptKey.EXIT_TOKENS,
          AdeptKey.MODEL_MAX_TOKENS,
          AdeptKey.OUTPUT_SCORES);

  /**
   * What is written down where it is not the default, so that what was written down before such an
   * option came stays valid.
   */
  private static final List<AdeptKey<?>> NEWER =
      List.of(
          AdeptKey.COMPUTE_BACKEND,
          AdeptKey.GPU_PRECISION,
          AdeptKey.GPU_TENSOR_CORES,
          AdeptKey.ROWS_LONG,
          AdeptKey.CHUNK_OVERLAP,
          AdeptKey.CHUNK_MERGE,
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
    facts.put("model", "sha256:" + ModelFiles.hash(ModelPath.location(conf).fetchedSource()));
    for (AdeptKey<?> option : OPTIONS) {
      facts.put(option.key(), conf.text(option));
    }
    for (AdeptKey<?> option : NEWER) {
      if (!conf.text(option).equals(option.defaultText())) {
        facts.put(option.key(), conf.text(option));
      }
    }
    return new AnswerIdentity(facts);
  }
}
