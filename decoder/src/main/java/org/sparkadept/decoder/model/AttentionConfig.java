package org.sparkadept.decoder.model;

import java.util.List;

/**
 * Attention: {@code softmax(cap(scale · Q·Kᵀ) + mask)·V}.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim size of a head; even where positions are rotary
 * @param scale what the products of queries and keys are multiplied with; most often {@code 1 /
 *     sqrt(headDim)}
 * @param softCap {@code c} of {@code cap(s) = c·tanh(s / c)}; 0 where scores are not capped
 * @param queryKeyNorm whether queries and keys are RMS-normalized before the rotation
 * @param positions what a layer's queries see, and how positions are told, by layer
 */
public record AttentionConfig(
    int heads,
    int kvHeads,
    int headDim,
    float scale,
    float softCap,
    QueryKeyNorm queryKeyNorm,
    List<LayerPositions> positions) {

  /** The norm of queries and keys. */
  public enum QueryKeyNorm {
    /** None. */
    NONE,
    /** Each head by itself; all heads share a weight {@code [headDim]}. */
    EACH_HEAD,
    /** All heads together, with a weight {@code [heads · headDim]}. */
    ALL_HEADS
  }

  public AttentionConfig {
    positions = List.copyOf(positions);
  }

  /** The scale of most models, {@code 1 / sqrt(headDim)}. */
  public static float usualScale(int headDim) {
    return (float) (1 / Math.sqrt(headDim));
  }
}
