package org.sparkadept.decoder.result;

/** Sees the hidden states of rows, one after the other, in the order of the rows. */
@FunctionalInterface
public interface StateObserver {
  /**
   * @param row the row's number in the call
   * @param states its states; the observer may keep and change them
   */
  void row(int row, RowStates states);
}
