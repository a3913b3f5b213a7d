package org.sparkadept.decoder.format;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a checkpoint's tokenizer is: in a Hugging Face {@code tokenizer.json}, or in a file of
 * another format that the content of one is made of.
 *
 * @param file the file; need not exist
 * @param made makes the content of a {@code tokenizer.json}; empty where the file is one. Throws a
 *     {@link org.sparkadept.decoder.error.CheckpointException} if the file's tokenizer is malformed
 *     or not supported
 */
public record TokenizerSource(Path file, Optional<Supplier<String>> made) {
  /** A {@code tokenizer.json}. */
  public static TokenizerSource file(Path tokenizerJson) {
    return new TokenizerSource(tokenizerJson, Optional.empty());
  }
}
