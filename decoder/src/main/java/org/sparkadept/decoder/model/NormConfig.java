package org.sparkadept.decoder.model;

/**
 * Normalization: {@code x += after(attention(before(x)))}, and the same with the MLP.
 *
 * @param kind which
 * @param eps what it adds to the mean square or variance
 * @param before where attention and MLP read a norm; elsewhere they read the residual stream
 * @param after whether what attention and MLP add is normalized first
 */
public record NormConfig(NormKind kind, float eps, Before before, boolean after) {
  /** Where attention and MLP read a norm. */
  public enum Before {
    /** Everywhere. */
    ALL,
    /** Everywhere but in the first layer's attention. */
    ALL_BUT_FIRST,
    /** Nowhere. */
    NONE
  }

  /** Norms before attention and MLP alone, as most models have. */
  public static NormConfig before(NormKind kind, float eps) {
    return new NormConfig(kind, eps, Before.ALL, false);
  }
}
