package org.sparkadept.decoder.tokenizer;

/**
 * The tokens of one row.
 *
 * @param ids token ids with the special tokens that the tokenizer adds, at most {@code maxTokens};
 *     empty when there is an error
 * @param truncated whether tokens of the text were cut off
 * @param error why the row cannot be scored, as a phrase that follows a row's name; null when it
 *     can
 */
public record TokenizedText(int[] ids, boolean truncated, String error) {

  private static final int[] NO_IDS = new int[0];

  /**
   * A row without tokens.
   *
   * @param error why it cannot be scored, as a phrase that follows a row's name
   */
  public static TokenizedText unusable(String error) {
    return new TokenizedText(NO_IDS, false, error);
  }
}
