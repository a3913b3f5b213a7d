package org.sparkadept.training.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A seeded division of the training file.
 *
 * @param train rows the weights are fitted on
 * @param validation rows held back for choices such as the exit threshold
 */
public record Split(List<LabelledRow> train, List<LabelledRow> validation) {

  /**
   * Shuffles rows and holds a fraction back.
   *
   * @param rows all rows of the training file
   * @param fraction share of the rows to hold back, in (0, 1); at least one row is
   * @param seed the same seed gives the same split
   */
  public static Split of(List<LabelledRow> rows, double fraction, long seed) {
    List<LabelledRow> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(seed));
    int held = Math.max(1, (int) Math.round(rows.size() * fraction));
    if (held >= rows.size()) {
      throw new IllegalArgumentException(
          "a validation share of " + fraction + " leaves none of " + rows.size() + " rows");
    }
    return new Split(
        List.copyOf(shuffled.subList(held, rows.size())), List.copyOf(shuffled.subList(0, held)));
  }
}
