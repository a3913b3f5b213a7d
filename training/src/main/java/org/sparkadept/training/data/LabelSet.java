package org.sparkadept.training.data;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The labels of a data set.
 *
 * @param names two or more distinct labels; the index of a label is its class id
 */
public record LabelSet(List<String> names) {

  /**
   * Collects the labels of some rows and sorts them alphabetically.
   *
   * @throws IllegalArgumentException if there are fewer than two
   */
  public static LabelSet of(Collection<LabelledRow> rows) {
    TreeSet<String> sorted = new TreeSet<>();
    for (LabelledRow row : rows) {
      sorted.add(row.label());
    }
    if (sorted.size() < 2) {
      throw new IllegalArgumentException("need two or more distinct labels, got " + sorted);
    }
    return new LabelSet(List.copyOf(sorted));
  }

  /** Number of classes. */
  public int size() {
    return names.size();
  }

  /**
   * The class id of a row's label.
   *
   * @throws IllegalArgumentException if the label is not one of this set
   */
  public int indexOf(LabelledRow row) {
    int index = names.indexOf(row.label());
    if (index < 0) {
      throw new IllegalArgumentException(
          "row " + row.id() + " has the label \"" + row.label() + "\", known are " + names);
    }
    return index;
  }
}
