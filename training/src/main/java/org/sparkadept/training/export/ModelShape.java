package org.sparkadept.training.export;

/**
 * Sizes of a Llama-type decoder.
 *
 * @param vocabulary number of tokens
 * @param layers number of decoder layers
 * @param width width of the residual stream
 * @param queryHeads number of query heads
 * @param keyValueHeads number of key and value heads; each serves queryHeads / keyValueHeads
 * @param intermediate width inside the gated MLP
 * @param maxPositions longest row in tokens
 */
public record ModelShape(
    int vocabulary,
    int layers,
    int width,
    int queryHeads,
    int keyValueHeads,
    int intermediate,
    int maxPositions) {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if heads cannot be grouped, or do not divide the width evenly
   */
  public ModelShape {
    if (queryHeads % keyValueHeads != 0 || width % (2 * queryHeads) != 0) {
      throw new IllegalArgumentException(
          queryHeads + " query heads, " + keyValueHeads + " key heads, width " + width);
    }
  }

  /** Width of one head; even. */
  int headWidth() {
    return width / queryHeads;
  }
}
