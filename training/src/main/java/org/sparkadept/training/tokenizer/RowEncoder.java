package org.sparkadept.training.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sparkadept.training.data.EncodedRow;
import org.sparkadept.training.data.LabelSet;
import org.sparkadept.training.data.LabelledRow;

/** Encodes rows with the very tokenizer file that is shipped, through Hugging Face's tokenizers. */
public final class RowEncoder implements AutoCloseable {
  private final HuggingFaceTokenizer tokenizer;

  /**
   * Opens a tokenizer.
   *
   * @param file a {@code tokenizer.json}
   * @param maxTokens longest encoding; longer rows lose tokens at the end, the class token stays
   * @throws IOException if the file cannot be read
   */
  public RowEncoder(Path file, int maxTokens) throws IOException {
    Map<String, String> options =
        Map.of(
            "truncation",
            "true",
            "padding",
            "false",
            "modelMaxLength",
            String.valueOf(maxTokens),
            "maxLength",
            String.valueOf(maxTokens));
    tokenizer = HuggingFaceTokenizer.newInstance(file, options);
  }

  /** Token ids of a text, the class token last. */
  public int[] encode(String text) {
    long[] ids = tokenizer.encode(text).getIds();
    int[] tokens = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tokens[i] = Math.toIntExact(ids[i]);
    }
    return tokens;
  }

  /** Encodes a row and looks its label up. */
  public EncodedRow encode(LabelledRow row, LabelSet labels) {
    return new EncodedRow(encode(row.text()), labels.indexOf(row));
  }

  /** Encodes rows, in their order. */
  public List<EncodedRow> encode(List<LabelledRow> rows, LabelSet labels) {
    List<EncodedRow> encoded = new ArrayList<>();
    for (LabelledRow row : rows) {
      encoded.add(encode(row, labels));
    }
    return encoded;
  }

  /** The text of some token ids, special tokens left out. */
  public String decode(int[] tokens) {
    long[] ids = new long[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      ids[i] = tokens[i];
    }
    return tokenizer.decode(ids, true);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
