package org.sparkadept.decoder.compute.onednn;

/** Which keys a query may see: zero where it may, minus infinity elsewhere. */
final class AttentionMask {
  private AttentionMask() {}

  /**
   * Queries at positions that follow each other.
   *
   * @param start position of the first query in the row
   * @param queries how many, those of the rounding included
   * @param keys how many keys, those of the rounding included
   * @param window sliding window in tokens, or 0
   */
  record Block(int start, int queries, int keys, int window) {
    /** {@code [queries, keys]}. */
    float[] mask() {
      float[] mask = new float[queries * keys];
      for (int q = 0; q < queries; q++) {
        fill(mask, q * keys, keys, start + q, window);
      }
      return mask;
    }
  }

  /** One query's keys, {@code mask[from .. from + keys)}. */
  static void fill(float[] mask, int from, int keys, int position, int window) {
    int first = window > 0 ? Math.max(0, position - window + 1) : 0;
    for (int k = 0; k < keys; k++) {
      mask[from + k] = k >= first && k <= position ? 0 : Float.NEGATIVE_INFINITY;
    }
  }
}
