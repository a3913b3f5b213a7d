package org.sparkadept.decoder.oracle;

/** A decoder without a head. */
interface OracleModel {

  /**
   * Runs all tokens through all layers.
   *
   * @param ids token ids of one row
   * @return [layers + 1][tokens][width]: the residual stream before the first layer and after each
   */
  double[][][] states(int[] ids);

  /** The norm before a head. */
  double[] finalNorm(double[] state);

  /** The same norm without weight and bias. */
  double[] plainNorm(double[] state);
}
