package org.sparkadept.training.tokenizer;

import java.util.List;

/**
 * A byte-pair vocabulary. Ids: the special tokens, the 256 byte symbols, then one token a merge, in
 * the order of the merges.
 *
 * @param tokens spelling of every token, by id
 * @param merges pairs of token ids to join, most urgent first; merge m makes the token {@link
 *     #FIRST_MERGED} + m
 */
public record Vocabulary(List<String> tokens, List<int[]> merges) {
  /** Spelling of the padding token. */
  public static final String PAD = "<|pad|>";

  /** Spelling of the class token, which ends every row. */
  public static final String CLASS = "<|cls|>";

  /** Id of {@link #PAD}. */
  public static final int PAD_ID = 0;

  /** Id of {@link #CLASS}. */
  public static final int CLASS_ID = 1;

  static final int BYTES = 256;
  static final int FIRST_BYTE = 2;

  /** Id of the token that the first merge makes. */
  public static final int FIRST_MERGED = FIRST_BYTE + BYTES;

  /** Number of tokens. */
  public int size() {
    return tokens.size();
  }
}
