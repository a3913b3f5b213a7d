package org.sparkadept.benchmarks.pytorch;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * A model and the rows that it scores.
 *
 * @param name name in tables and of files
 * @param exits how it comes that rows leave early
 * @param directory the model
 * @param rows the rows that can be scored
 * @param rowsFile the same, a JSON array of token ids a line
 */
record Subject(String name, String exits, Path directory, TokenizedText[] rows, Path rowsFile) {

  /**
   * Tokenizes texts; those without a token and those that cannot be scored are left out.
   *
   * @param directory the model, with exits
   * @param texts in UTF-8
   * @param rowsFile where the rows are written
   * @throws AdeptException if the model cannot be read, or none of the texts can be scored
   */
  static Subject of(String name, String exits, Path directory, byte[][] texts, Path rowsFile)
      throws IOException {
    TokenizedText[] rows;
    // Any backend has the same tokenizer; this one is everywhere.
    DecoderOptions options = DecoderOptions.defaults().withBackend("reference");
    try (Decoder decoder = Decoder.open(directory, options)) {
      if (decoder.exitLayers().size() < 2) {
        throw new AdeptException(
            directory + " has no exits before its last layer; adept fit makes them.");
      }
      rows =
          Arrays.stream(decoder.tokenize(texts))
              .filter(Objects::nonNull)
              .filter(row -> row.error() == null)
              .toArray(TokenizedText[]::new);
    }
    if (rows.length == 0) {
      throw new AdeptException("None of the texts for " + directory + " can be scored.");
    }
    try (BufferedWriter out = Files.newBufferedWriter(rowsFile)) {
      for (TokenizedText row : rows) {
        out.write(Arrays.toString(row.ids()));
        out.newLine();
      }
    }
    return new Subject(name, exits, directory, rows, rowsFile);
  }

  /** Tokens of each row. */
  int[] tokens() {
    return Arrays.stream(rows).mapToInt(row -> row.ids().length).toArray();
  }
}
