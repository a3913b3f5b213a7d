package org.sparkadept.decoder.compute;

/**
 * The token ids of some rows, one row after the other.
 *
 * @param ids {@code [tokens]}
 * @param starts {@code [rows + 1]}: row {@code r} is {@code ids[starts[r] .. starts[r + 1])}, never
 *     empty; its class token is the last one
 */
public record TokenRows(int[] ids, int[] starts) {
  /** Number of rows. */
  public int size() {
    return starts.length - 1;
  }

  /** Number of tokens of all rows. */
  public int tokens() {
    return ids.length;
  }

  /** Number of tokens of a row. */
  public int length(int row) {
    return starts[row + 1] - starts[row];
  }

  /** Index in {@link #ids} of a row's first token. */
  public int start(int row) {
    return starts[row];
  }

  /** Index in {@link #ids} of a row's class token. */
  public int classToken(int row) {
    return starts[row + 1] - 1;
  }

  /** Number of tokens of the longest row. */
  public int longest() {
    int longest = 0;
    for (int row = 0; row < size(); row++) {
      longest = Math.max(longest, length(row));
    }
    return longest;
  }
}
