package org.sparkadept.decoder.prompt;

import java.util.function.IntFunction;

/**
 * Finds how many characters of a text fit into a bound on tokens. What is tokenized is longer than
 * the result by a constant factor at most, and the text's length does not matter. The search ends
 * where the bound is reached, or one more character is too many; it always ends at the same place.
 *
 * @param characters how many; at most all
 * @param ids the token ids with so many characters; at most the bound
 */
record TokenSearch(int characters, int[] ids) {
  /**
   * So many tokens beyond the bound show that a longer text has more than the bound, too, whatever
   * merges at the end of the shorter one.
   */
  private static final int MARGIN = 256;

  private static final int GROWTH = 4;

  /** One step in so many halves the range, so that there is an end to any search. */
  private static final int HALVING = 3;

  /**
   * Searches.
   *
   * @param ids what so many characters give; those of 0 fit
   * @param bound most tokens
   * @param most all characters
   * @param first characters to begin with, if there are so many
   */
  static TokenSearch longest(IntFunction<int[]> ids, int bound, int most, int first) {
    int high = Math.min(most, Math.max(1, first));
    int[] tooMany = ids.apply(high);
    while (high < most && tooMany.length <= bound + MARGIN) {
      high = (int) Math.min(most, (long) GROWTH * high);
      tooMany = ids.apply(high);
    }
    if (tooMany.length <= bound) {
      return new TokenSearch(high, tooMany);
    }
    TokenSearch found = new TokenSearch(0, ids.apply(0));
    int above = tooMany.length;
    for (int step = 1; high - found.characters > 1 && found.ids.length < bound; step++) {
      long range = high - found.characters;
      long wanted = bound - found.ids.length;
      long share =
          step % HALVING == 0 ? range / 2 : range * wanted / Math.max(1, above - found.ids.length);
      int middle = found.characters + (int) Math.max(1, Math.min(range - 1, share));
      int[] tried = ids.apply(middle);
      if (tried.length <= bound) {
        found = new TokenSearch(middle, tried);
      } else {
        high = middle;
        above = tried.length;
      }
    }
    return found;
  }
}
