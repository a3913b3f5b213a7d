package org.sparkadept.decoder.engine.classify;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * Rows that are worked on together.
 *
 * @param rows {@code [n]}: the caller's row numbers
 * @param tokens their token ids
 */
public record Wave(int[] rows, TokenRows tokens) {

  /** Number of rows. */
  public int size() {
    return rows.length;
  }

  /**
   * Cuts rows into waves, in their order.
   *
   * @param texts the rows; null elements and those with an error are left out
   * @param bound most tokens of a wave; a longer row is a wave of its own
   */
  public static List<Wave> cut(TokenizedText[] texts, int bound) {
    List<Wave> waves = new ArrayList<>();
    List<Integer> rows = new ArrayList<>();
    int tokens = 0;
    for (int i = 0; i < texts.length; i++) {
      if (texts[i] == null || texts[i].error() != null) {
        continue;
      }
      int length = texts[i].ids().length;
      if (!rows.isEmpty() && tokens + length > bound) {
        waves.add(of(texts, rows, tokens));
        rows.clear();
        tokens = 0;
      }
      rows.add(i);
      tokens += length;
    }
    if (!rows.isEmpty()) {
      waves.add(of(texts, rows, tokens));
    }
    return waves;
  }

  private static Wave of(TokenizedText[] texts, List<Integer> rows, int tokens) {
    int[] numbers = new int[rows.size()];
    int[] ids = new int[tokens];
    int[] starts = new int[rows.size() + 1];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = rows.get(i);
      int[] row = texts[numbers[i]].ids();
      System.arraycopy(row, 0, ids, starts[i], row.length);
      starts[i + 1] = starts[i] + row.length;
    }
    return new Wave(numbers, new TokenRows(ids, starts));
  }
}
