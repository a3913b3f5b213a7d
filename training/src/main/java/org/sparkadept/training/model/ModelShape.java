package org.sparkadept.training.model;

/**
 * Sizes of a Llama-type decoder with an exit head after every layer.
 *
 * @param vocabulary number of tokens
 * @param labels number of classes
 * @param layers number of decoder layers, and of exits
 * @param width width of the residual stream
 * @param queryHeads number of query heads
 * @param keyValueHeads number of key and value heads; each serves queryHeads / keyValueHeads
 * @param headWidth width of one head, even
 * @param intermediate width inside the gated MLP
 * @param maxPositions longest row in tokens
 */
public record ModelShape(
    int vocabulary,
    int labels,
    int layers,
    int width,
    int queryHeads,
    int keyValueHeads,
    int headWidth,
    int intermediate,
    int maxPositions) {
  /** Added to the mean square in every RMSNorm. */
  public static final float NORM_EPSILON = 1e-5f;

  /** Base of the rotary frequencies. */
  public static final double ROTARY_THETA = 10000.0;

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if heads cannot be grouped or a head has an odd width
   */
  public ModelShape {
    if (queryHeads % keyValueHeads != 0 || headWidth % 2 != 0) {
      throw new IllegalArgumentException(
          queryHeads + " query heads, " + keyValueHeads + " key heads, head width " + headWidth);
    }
  }

  /** Query heads that share one key head. */
  public int group() {
    return queryHeads / keyValueHeads;
  }

  /** Width of all query heads side by side. */
  public int queryWidth() {
    return queryHeads * headWidth;
  }

  /** Width of all key heads, or of all value heads, side by side. */
  public int keyValueWidth() {
    return keyValueHeads * headWidth;
  }
}
