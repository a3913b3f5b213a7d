package org.sparkadept.training.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * A tokenized row.
 *
 * @param tokens token ids, the class token last
 * @param label class id
 */
public record EncodedRow(int[] tokens, int label) {

  /**
   * Encodes rows with the model's tokenizer, as the decoder will, and looks up their labels.
   *
   * @param tokenizerFile a {@code tokenizer.json}
   * @param maxTokens longest encoding; longer rows lose tokens at the end, but the class token
   *     stays
   * @return the rows in the same order
   * @throws org.sparkadept.decoder.error.AdeptException if the file cannot be read
   * @throws IllegalArgumentException if a row cannot be encoded or has an unknown label
   */
  public static List<EncodedRow> encode(
      List<LabelledRow> rows, LabelSet labels, Path tokenizerFile, int maxTokens) {
    List<EncodedRow> encoded = new ArrayList<>();
    try (TextTokenizer tokenizer = TextTokenizer.open(tokenizerFile)) {
      tokenizer.requireRoom(maxTokens);
      for (LabelledRow row : rows) {
        byte[] utf8 = row.text().getBytes(StandardCharsets.UTF_8);
        TokenizedText text = tokenizer.encode(utf8, maxTokens);
        if (text.error() != null) {
          throw new IllegalArgumentException("row " + row.id() + ": " + text.error());
        }
        encoded.add(new EncodedRow(text.ids(), labels.indexOf(row)));
      }
    }
    return encoded;
  }
}
