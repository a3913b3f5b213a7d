package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.model.LinearTensors;

/**
 * Makes keys and values of layers that a token has skipped: {@code [k_l; v_l] = R_{e,l}·n(h_e) +
 * r_{e,l}}, where {@code n} is the model's norm without weight and bias: {@code h / sqrt(mean(h²) +
 * ε)}, or the layer norm of it. Head norms and the rotary embedding follow as for any other token.
 * Thread-safe.
 */
public interface HiddenStateMapper {
  /**
   * @param exitLayer e, the layer after which the token exited, from 0
   * @param layer l &gt; e, from 0
   * @return R {@code [2·keyWidth, width]}, keys above values, and r {@code [2·keyWidth]}; the same
   *     object each time, since compute backends pack it once
   */
  LinearTensors map(int exitLayer, int layer);
}
