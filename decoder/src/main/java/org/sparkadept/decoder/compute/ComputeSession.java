package org.sparkadept.decoder.compute;

/**
 * The hidden states of one wave of rows. Used by one thread at a time; it may be another thread in
 * the next wave.
 *
 * <p>The engine begins a wave, then takes rows through the layers: several layers at once with
 * {@link #run}, or layer by layer with the class token (the last of its row) first, {@link
 * #runClassTokens}, and the other tokens after it, {@link #runOtherTokens}, where the row goes on.
 * A row that has left is never named again: that is all there is to retiring it. Rows of different
 * micro-batches are merged by naming them together.
 *
 * <p>Lists of rows are row numbers of the wave, in any order, without repetition; {@code from} and
 * {@code to} are the index of the first one to use and one more than that of the last. A row's
 * results do not depend on the rows that are named with it.
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
   * @param firstLayer the first layer to run; the rows have been through all layers before it, and
   *     none of their tokens has exited
   * @param endLayer one more than the last layer to run
   */
  void run(int firstLayer, int endLayer, int[] rows, int from, int to);

  /**
   * Runs a layer for the class token of some rows. Keys and values are made for all tokens and kept
   * until the next layer: those of tokens that have exited by the hidden state mapper.
   *
   * @param layer the layer, counted from 0; the rows have been through all layers before it
   */
  void runClassTokens(int layer, int[] rows, int from, int to);

  /**
   * Runs a layer for the tokens of some rows that have not exited, the class token aside.
   *
   * @param layer the layer, counted from 0, that {@link #runClassTokens} ran last for these rows
   */
  void runOtherTokens(int layer, int[] rows, int from, int to);

  /**
   * Reads out an exit head: {@code z = W_e · norm(h_e) + b_e} at the class token of some rows,
   * where {@code norm} is the model's final norm.
   *
   * @param exitLayer the exit layer, counted from 1; the rows' class tokens have been through just
   *     this many
   * @param rows row numbers of the wave
   * @param count how many of them, from the start of {@code rows}
   * @param scores receives {@code [count, outputs]}; the outputs are those of the head as it was
   *     loaded
   */
  void readExit(int exitLayer, int[] rows, int count, float[] scores);

  /**
   * Lets tokens exit, by the token policy of an exit layer: each that has not exited, is not the
   * class token and has {@code π ≥ threshold} is no query in the layers above.
   *
   * @param exitLayer an exit layer with a token policy, counted from 1; {@link #runOtherTokens} ran
   *     it last for these rows
   * @param threshold τ_t
   * @param exitLayers {@code [tokens of the wave]}: the entries of the tokens that exit now are set
   *     to {@code exitLayer}; others are left as they are
   */
  void exitTokens(int exitLayer, float threshold, int[] rows, int from, int to, int[] exitLayers);

  /**
   * Reads the hidden states of all tokens of some rows.
   *
   * @param rows row numbers of the wave; none of their tokens has exited
   * @param count how many of them, from the start of {@code rows}
   * @param states receives {@code [tokens of the rows, width]}, one row after the other
   */
  void readStates(int[] rows, int count, float[] states);

  /**
   * How many tokens of the wave took the keys and values of the first layer from an equal token,
   * instead of computing their own.
   *
   * @return 0 for a backend that shares nothing
   */
  default long sharedTokens() {
    return 0;
  }

  /**
   * Ends the wave: nothing of it will be asked for any more. A device that is short of memory lends
   * the wave's to other sessions; {@link #begin} and {@link #close} end the wave before, too.
   */
  default void end() {}

  /** Frees the session's memory. */
  @Override
  void close();
}
