package org.sparkadept.training.tokenizer;

import java.util.Arrays;

/** The step that byte-pair training and encoding share. */
final class Merging {
  private Merging() {}

  /** Replaces every neighbouring (left, right), found from the left, by one token. */
  static int[] join(int[] tokens, int left, int right, int merged) {
    int[] joined = new int[tokens.length];
    int length = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (i + 1 < tokens.length && tokens[i] == left && tokens[i + 1] == right) {
        joined[length++] = merged;
        i++;
      } else {
        joined[length++] = tokens[i];
      }
    }
    return Arrays.copyOf(joined, length);
  }
}
