package org.sparkadept.benchmarks.pytorch;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * A model and the rows that it scores.
 *
 * @param name name in tables and of files
 * @param exits where its exits come from
 * @param directory the model
 * @param rows the rows that can be scored
 * @param rowsFile the same, a JSON array of token ids a line
 */
record Workload(String name, String exits, Path directory, TokenizedText[] rows, Path rowsFile) {

  /**
   * Tokenizes texts; those without a token and those that cannot be scored are left out.
   *
   * @param directory the model, with exits
   * @param texts in UTF-8
   * @param rowsFile where the rows are written
   * @throws AdeptException if the model cannot be read, or none of the texts can be scored
   */
  static Workload of(String name, String exits, Path directory, byte[][] texts, Path rowsFile)
      throws IOException {
    TokenizedText[] rows;
    // The tokenizer is the same with every backend; this one is always available.
    ComputeOptions compute = ComputeOptions.defaults().withBackend("reference");
    try (LoadedModel model = LoadedModel.open(directory, compute)) {
      if (model.exitLayers().size() < 2) {
        throw new AdeptException(
            directory + " has no exits before its last layer; adept fit makes them.");
      }
      rows =
          Arrays.stream(model.classifier(ClassifierOptions.defaults()).tokenize(texts))
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
    return new Workload(name, exits, directory, rows, rowsFile);
  }

  /** Tokens of each row. */
  int[] tokens() {
    return Arrays.stream(rows).mapToInt(row -> row.ids().length).toArray();
  }
}
