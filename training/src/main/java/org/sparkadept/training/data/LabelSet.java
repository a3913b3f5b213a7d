package org.sparkadept.training.data;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The labels of a data set, sorted alphabetically; a label's index is its class id. */
public final class LabelSet {
  private final List<String> names;
  private final Map<String, Integer> indexes = new HashMap<>();

  /**
   * A label set with the given order.
   *
   * @param names the labels, class 0 first
   * @throws IllegalArgumentException if a label occurs twice or fewer than two are given
   */
  public LabelSet(List<String> names) {
    this.names = List.copyOf(names);
    for (int i = 0; i < names.size(); i++) {
      indexes.put(names.get(i), i);
    }
    if (indexes.size() != names.size() || names.size() < 2) {
      throw new IllegalArgumentException("need two or more distinct labels, got " + names);
    }
  }

  /** Collects the labels of some rows. */
  public static LabelSet of(Collection<LabelledRow> rows) {
    TreeSet<String> sorted = new TreeSet<>();
    for (LabelledRow row : rows) {
      sorted.add(row.label());
    }
    return new LabelSet(List.copyOf(sorted));
  }

  /** Number of classes. */
  public int size() {
    return names.size();
  }

  /** The labels, class 0 first. */
  public List<String> names() {
    return names;
  }

  /**
   * The class id of a row's label.
   *
   * @throws IllegalArgumentException if the label is not one of this set
   */
  public int indexOf(LabelledRow row) {
    Integer index = indexes.get(row.label());
    if (index == null) {
      throw new IllegalArgumentException(
          "row " + row.id() + " has the label \"" + row.label() + "\", known are " + names);
    }
    return index;
  }
}
