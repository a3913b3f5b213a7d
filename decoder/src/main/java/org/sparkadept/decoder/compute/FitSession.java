package org.sparkadept.decoder.compute;

import org.sparkadept.decoder.model.LinearTensors;

/**
 * What the fit of token exits reads of a wave of rows while all their tokens go through the layers,
 * one layer after the other. Used by one thread at a time. Layers count from 0.
 *
 * <p>A layer that is to be read is {@linkplain #open opened} before it is {@linkplain #run run}. Of
 * each token
 *
 * <ul>
 *   <li>{@code y_l = [k_l; v_l]} {@code [2·keyWidth]} are its own keys and values in layer l,
 *       before head norm and rotary embedding: those of the open layer;
 *   <li>{@code x_e = [n(h_e); 1]} {@code [width + 1]} is what the hidden state mapper reads after
 *       layer e, with n the model's norm without weight and bias; {@linkplain #keep kept} to the
 *       end of the wave. That of a class token is zero, since it never exits on its own: sums leave
 *       it out.
 * </ul>
 *
 * <p>Products are in single precision: a wave should not be too long to be summed in it.
 */
public interface FitSession extends AutoCloseable {
  /** Begins a wave: embeds every token of every row and discards the wave before. */
  void begin(TokenRows rows);

  /**
   * Makes the keys and values of a layer.
   *
   * @param layer the layer after the one that was run last; 0 after {@link #begin}
   */
  void open(int layer);

  /**
   * Takes all tokens through a layer, which closes it.
   *
   * @param layer the layer after the one that was run last; 0 after {@link #begin}
   */
  void run(int layer);

  /** Keeps {@code x_e} of all tokens, e being the layer that was run last. */
  void keep();

  /**
   * Sums up what the mapper reads.
   *
   * @param exitLayer e, whose {@code x_e} are kept
   * @param products receives {@code Σ x_e·x_eᵀ} {@code [width + 1, width + 1]}
   */
  void sumInputs(int exitLayer, float[] products);

  /**
   * Sums up what the mapper should give.
   *
   * @param exitLayer e, whose {@code x_e} are kept
   * @param products receives {@code Σ x_e·y_lᵀ} {@code [width + 1, 2·keyWidth]}, l being the open
   *     layer
   */
  void sumOutputs(int exitLayer, float[] products);

  /**
   * Compares what a mapper makes of a state with the open layer's own keys and values.
   *
   * @param exitLayer e, whose {@code x_e} are kept
   * @param map the mapper from e to the open layer, packed by identity
   * @param squares receives {@code ‖R·n(h_e) + r − y_l‖²} {@code [tokens of the wave]}; those of
   *     class tokens have no meaning
   */
  void readErrors(int exitLayer, LinearTensors map, float[] squares);

  /**
   * @param squares receives {@code ‖y_l‖²} {@code [tokens of the wave]}, l being the open layer
   */
  void readOutputSquares(float[] squares);

  /**
   * @param squares receives {@code [tokens of the wave, 3]}: {@code ‖q‖², ‖k‖², ‖v‖²} over all
   *     heads in the open layer, as its attention uses them: after head norm
   */
  void readAttentionSquares(float[] squares);

  /**
   * @param attention receives, for each token of the wave, the attention weight of its row's class
   *     token on it in the open layer, mean over heads; they sum to 1 in each row
   */
  void readAttention(float[] attention);

  /**
   * @param states receives {@code [tokens of the wave, width]}: the residual stream after the layer
   *     that was run last
   */
  void readStates(float[] states);

  /** Frees the session's memory. */
  @Override
  void close();
}
