package org.sparkadept.pipeline.job;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sparkadept.decoder.error.AdeptException;
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
          AdeptKey.OUTPUT_SCORES);

  /**
   * The identity of answers under a configuration.
   *
   * @throws AdeptException if no model is named or its files cannot be read
   */
  static AnswerIdentity of(AdeptConf conf) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("model", "sha256:" + hash(ModelPath.location(conf).fetched()));
    for (AdeptKey<?> option : OPTIONS) {
      facts.put(option.key(), conf.text(option));
    }
    return new AnswerIdentity(facts);
  }

  /** SHA-256 over the names and contents of the model's files. */
  private static String hash(Path model) {
    try (Stream<Path> files = Files.list(model)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".json") || name.endsWith(".safetensors")) {
          digest.update((name + "\n" + Files.size(file) + "\n").getBytes("UTF-8"));
          try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new AdeptException("The model in " + model + " cannot be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
