package org.sparkadept.decoder.compute;

import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenExits;

/**
 * The hidden states of one wave of rows, which are read in one go: keys and values of a layer are
 * kept only while that layer runs. Used by one thread at a time; it may be another thread in the
 * next wave. Layers count from 0.
 *
 * <p>The engine begins a wave, then takes rows through the layers: several layers at once with
 * {@link #run}, or layer by layer with the class token (the last of its row) first, {@link
 * #runClassTokens}, and the other tokens after it, {@link #runOtherTokens}, where the row goes on.
 * A row that has exited is never named again. Rows of different micro-batches are merged by naming
 * them together. A row's results do not depend on the rows that are named with it.
 */
public interface PrefillSession extends AutoCloseable {
  /**
   * Begins a wave: embeds every token of every row and discards the wave before.
   *
   * @param rows the token ids
   * @param tokenExits how tokens exit in this wave
   */
  void begin(TokenRows rows, TokenExits tokenExits);

  /**
   * Runs the layers {@code firstLayer .. endLayer - 1} over all tokens of some rows.
   *
   * @param firstLayer the first layer to run; the rows have been through all layers before it, and
   *     none of their tokens has exited
   * @param endLayer one more than the last layer to run
   */
  void run(int firstLayer, int endLayer, RowSet rows);

  /**
   * Runs a layer for the class token of some rows. Keys and values are made for all tokens and kept
   * until the next layer: those of tokens that have exited by the hidden state mapper.
   *
   * @param layer the layer; the rows have been through all layers before it
   */
  void runClassTokens(int layer, RowSet rows);

  /**
   * Runs a layer for the tokens of some rows that have not exited, the class token aside.
   *
   * @param layer the layer that {@link #runClassTokens} ran last for these rows
   */
  void runOtherTokens(int layer, RowSet rows);

  /**
   * Averages the normalized states of some rows' tokens, the class token aside, as they stand: what
   * a head of {@link ExitHead.Input#CLASS_TOKEN_AND_MEAN} reads after the next layer. The sum runs
   * in order of position.
   */
  void averageTokens(RowSet rows);

  /**
   * Reads out an exit head: {@code z = W_e·x + b_e} of some rows.
   *
   * @param head the head of the layer that the rows' class tokens went through last; where it reads
   *     the mean, {@link #averageTokens} was called before that layer
   * @param scores receives {@code [rows, outputs of the head]}
   */
  void readExit(ExitHead head, RowSet rows, float[] scores);

  /**
   * Reads what an exit head of the layer that the rows' class tokens went through last would read.
   *
   * @param input what it reads; with the mean, {@link #averageTokens} was called before that layer
   * @param inputs receives {@code [rows, length of x]}
   */
  void readHeadInputs(ExitHead.Input input, RowSet rows, float[] inputs);

  /**
   * Lets tokens exit, by the wave's token policy of a layer: each that has not exited, is not the
   * class token and has {@code π ≥ τ_t} is no query in the layers above.
   *
   * @param layer a layer with a token policy; {@link #runOtherTokens} ran it last for these rows
   * @param exitLayers {@code [tokens of the wave]}: the entries of the tokens that exit now are set
   *     to the number of layers that they went through, {@code layer + 1}; others are left as they
   *     are
   */
  void exitTokens(int layer, RowSet rows, int[] exitLayers);

  /**
   * Reads the hidden states of all tokens of some rows, none of which has exited.
   *
   * @param states receives {@code [tokens of the rows, width]}, one row after the other
   */
  void readStates(RowSet rows, float[] states);

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
   * Ends the wave: nothing of it will be read any more. A device that is short of memory gives the
   * wave's to other sessions; {@link #begin} and {@link #close} end the wave before, too.
   */
  default void end() {}

  /** Frees the session's memory. */
  @Override
  void close();
}
