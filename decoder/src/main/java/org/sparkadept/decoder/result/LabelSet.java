package org.sparkadept.decoder.result;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The labels of a row, as indices among those of the model: one where each row has one label, any
 * number of them, or none, where a row may have several. An index of −1 stands for labels that the
 * model does not have; no answer has it.
 */
public final class LabelSet implements Serializable {
  /** No label. */
  public static final LabelSet NONE = new LabelSet(new int[0]);

  private static final long serialVersionUID = 1L;

  private final int[] indices;

  private LabelSet(int[] indices) {
    this.indices = indices;
  }

  /** One label. */
  public static LabelSet of(int index) {
    return new LabelSet(new int[] {index});
  }

  /**
   * A set of labels.
   *
   * @param indices in any order; one that is there twice counts once
   */
  public static LabelSet of(int... indices) {
    return ofAscending(Arrays.stream(indices).sorted().distinct().toArray());
  }

  /**
   * A set of labels.
   *
   * @param indices ascending, each once; not copied
   */
  public static LabelSet ofAscending(int[] indices) {
    return indices.length == 0 ? NONE : new LabelSet(indices);
  }

  /** Number of labels. */
  public int size() {
    return indices.length;
  }

  /**
   * A label.
   *
   * @param i from 0 to the size; labels ascend
   */
  public int get(int i) {
    return indices[i];
  }

  /** Whether a label is among them. */
  public boolean contains(int index) {
    return Arrays.binarySearch(indices, index) >= 0;
  }

  /** The labels' indices, ascending. */
  public int[] indices() {
    return indices.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LabelSet set && Arrays.equals(indices, set.indices);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(indices);
  }

  @Override
  public String toString() {
    return Arrays.toString(indices);
  }
}
