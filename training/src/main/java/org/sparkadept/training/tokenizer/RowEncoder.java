package org.sparkadept.training.tokenizer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.decoder.tokenizer.TokenizedText;
import org.sparkadept.training.data.EncodedRow;
import org.sparkadept.training.data.LabelSet;
import org.sparkadept.training.data.LabelledRow;

/** Encodes rows with the very tokenizer file that is shipped, as the decoder will encode them. */
public final class RowEncoder implements AutoCloseable {
  private final TextTokenizer tokenizer;

  /**
   * Opens a tokenizer.
   *
   * @param file a {@code tokenizer.json}
   * @param maxTokens longest encoding; longer rows lose tokens at the end, the class token stays
   * @throws org.sparkadept.decoder.error.AdeptException if the file cannot be read
   */
  public RowEncoder(Path file, int maxTokens) {
    tokenizer = TextTokenizer.open(file, maxTokens);
  }

  /**
   * Encodes rows and looks their labels up, in their order.
   *
   * @throws IllegalArgumentException if a row cannot be encoded or has an unknown label
   */
  public List<EncodedRow> encode(List<LabelledRow> rows, LabelSet labels) {
    List<EncodedRow> encoded = new ArrayList<>();
    for (LabelledRow row : rows) {
      TokenizedText text = tokenizer.encode(row.text().getBytes(StandardCharsets.UTF_8));
      if (text.error() != null) {
        throw new IllegalArgumentException("row " + row.id() + ": " + text.error());
      }
      encoded.add(new EncodedRow(text.ids(), labels.indexOf(row)));
    }
    return encoded;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
