package org.sparkadept.decoder.model;

import java.util.List;

/**
 * What a decoder looks like, whatever its family.
 *
 * @param modelType family as {@code config.json} names it
 * @param layers number of layers
 * @param width size of a hidden state
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim size of a head; even where positions are rotary
 * @param mlpWidth size of the MLP's inner layer
 * @param vocabulary number of token ids
 * @param maxPositions longest row, in tokens
 * @param norm normalization
 * @param normEps what the normalization adds to the mean square or variance
 * @param activation the MLP's activation
 * @param gatedMlp whether the MLP is {@code down(act(gate(x)) · up(x))}, else {@code
 *     down(act(up(x)))}
 * @param learnedPositions whether positions are an embedding that is added to the tokens'
 * @param rotary rotary positions; null where they are learned
 * @param slidingWindow per layer, how many tokens a query sees, itself included; 0 for all before
 *     it
 * @param qkNorm whether each head's query and key are RMS-normalized before the rotation
 * @param tiedEmbeddings whether the language-model head is the token embedding
 * @param labels label names in the order of the classification head; empty without one
 * @param biases which projections have a bias
 */
public record ModelConfig(
    String modelType,
    int layers,
    int width,
    int heads,
    int kvHeads,
    int headDim,
    int mlpWidth,
    int vocabulary,
    int maxPositions,
    NormKind norm,
    float normEps,
    Activation activation,
    boolean gatedMlp,
    boolean learnedPositions,
    RotaryConfig rotary,
    int[] slidingWindow,
    boolean qkNorm,
    boolean tiedEmbeddings,
    List<String> labels,
    BiasConfig biases) {

  /** Size of the queries of all heads. */
  public int queryWidth() {
    return heads * headDim;
  }

  /** Weights of the projections of a layer; norms and biases, which are small, are left out. */
  public long layerParameters() {
    long attention = 2L * width * (queryWidth() + keyWidth());
    return attention + (gatedMlp ? 3L : 2L) * width * mlpWidth;
  }

  /** Weights of the token embedding, and of the positions' where they are learned. */
  public long embeddingParameters() {
    return (long) width * (vocabulary + (learnedPositions ? maxPositions : 0));
  }

  /** Size of the keys (and of the values) of all heads. */
  public int keyWidth() {
    return kvHeads * headDim;
  }
}
