package org.sparkadept.decoder.compute;

/**
 * The hidden states of one wave of rows. Used by one thread at a time; it may be another thread in
 * the next wave.
 *
 * <p>The engine begins a wave, then runs segments of layers over micro-batches of the rows that are
 * still alive, and reads out the exit heads between segments. A row that has left is never named
 * again: that is all there is to retiring it. Rows of different micro-batches are merged by naming
 * them together.
 */
public interface ComputeSession extends AutoCloseable {
  /**
   * Begins a wave: embeds every token of every row and forgets the wave before.
   *
   * @param tokenIds the token ids of all rows, one row after the other
   * @param rowStarts {@code [rows + 1]}: row {@code r} is {@code tokenIds[rowStarts[r] ..
   *     rowStarts[r + 1])}, never empty
   */
  void begin(int[] tokenIds, int[] rowStarts);

  /**
   * Runs the layers {@code firstLayer .. endLayer - 1} (counted from 0) over all tokens of some
   * rows.
   *
   * @param firstLayer the first layer to run; the rows have been through all layers before it
   * @param endLayer one more than the last layer to run
   * @param rows row numbers of the wave, in any order, without repetition
   * @param from index in {@code rows} of the first row to run
   * @param to one more than the index of the last row to run
   */
  void run(int firstLayer, int endLayer, int[] rows, int from, int to);

  /**
   * Reads out an exit head: {@code z = W_e · norm(h_e) + b_e} at the class token (the last token)
   * of some rows, where {@code norm} is the model's final norm.
   *
   * @param exitLayer the exit layer, counted from 1; the rows have been through just this many
   * @param rows row numbers of the wave
   * @param count how many of them, from the start of {@code rows}
   * @param logits receives {@code [count, labels]}
   */
  void readExit(int exitLayer, int[] rows, int count, float[] logits);

  /** Frees the session's memory. */
  @Override
  void close();
}
