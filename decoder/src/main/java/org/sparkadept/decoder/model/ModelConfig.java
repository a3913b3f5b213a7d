package org.sparkadept.decoder.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;

/**
 * What a decoder looks like, whatever its family.
 *
 * @param modelType family as {@code config.json} names it
 * @param layers number of layers
 * @param width size of a hidden state
 * @param mlpWidth size of the MLP's inner layer
 * @param vocabulary number of token ids
 * @param maxPositions longest row, in tokens
 * @param embedding the state before the first layer
 * @param attention heads, and what they see
 * @param norms normalization
 * @param activation the MLP's activation
 * @param gatedMlp whether the MLP is {@code down(act(gate(x)) · up(x))}, else {@code
 *     down(act(up(x)))}
 * @param residualScale what attention and MLP give is multiplied with before it is added
 * @param labels label names in the order of the classification head; empty without one
 * @param biases which projections have a bias
 */
public record ModelConfig(
    String modelType,
    int layers,
    int width,
    int mlpWidth,
    int vocabulary,
    int maxPositions,
    EmbeddingConfig embedding,
    AttentionConfig attention,
    NormConfig norms,
    Activation activation,
    boolean gatedMlp,
    float residualScale,
    List<String> labels,
    BiasConfig biases) {

  public ModelConfig {
    if (norms.after() && residualScale != 1) {
      throw new IllegalArgumentException("No family scales what it has normalized.");
    }
    labels = List.copyOf(labels);
  }

  /** Query heads. */
  public int heads() {
    return attention.heads();
  }

  /** Heads of keys and values. */
  public int kvHeads() {
    return attention.kvHeads();
  }

  /** Size of a head. */
  public int headDim() {
    return attention.headDim();
  }

  /** Size of the queries of all heads. */
  public int queryWidth() {
    return heads() * headDim();
  }

  /** Size of the keys (and of the values) of all heads. */
  public int keyWidth() {
    return kvHeads() * headDim();
  }

  /** How many tokens a layer's queries see, themselves included; 0 for all before them. */
  public int slidingWindow(int layer) {
    return attention.positions().get(layer).window();
  }

  /** A layer's rotary positions; null where it has none. */
  public RotaryConfig rotary(int layer) {
    return attention.positions().get(layer).rotary();
  }

  /** Whether a layer has rotary positions. */
  public boolean hasRotary() {
    return attention.positions().stream().anyMatch(layer -> layer.rotary() != null);
  }

  /** Weights of the projections of a layer; norms and biases, which are small, are left out. */
  public long layerParameters() {
    long projections = 2L * width * (queryWidth() + keyWidth());
    return projections + (gatedMlp ? 3L : 2L) * width * mlpWidth;
  }

  /** Weights of the token embedding, and of the positions' where they are learned. */
  public long embeddingParameters() {
    return (long) width * (vocabulary + (embedding.learnedPositions() ? maxPositions : 0));
  }

  /**
   * What the block has beyond those of Llama and GPT-2. A backend or a tuner that does not compute
   * one of these refuses the model by the feature's name.
   */
  public Set<BlockFeature> features() {
    List<RotaryConfig> rotaries =
        attention.positions().stream()
            .map(LayerPositions::rotary)
            .filter(Objects::nonNull)
            .toList();
    boolean someTurn = !rotaries.isEmpty() && rotaries.size() < layers;
    boolean differ = rotaries.stream().distinct().count() > 1;
    boolean parts = rotaries.stream().anyMatch(rotary -> rotary.dimensions() != headDim());
    boolean scale = rotaries.stream().anyMatch(rotary -> rotary.scaling().amplitude() != 1);
    float usualScale = AttentionConfig.usualScale(headDim());
    Set<BlockFeature> features = EnumSet.noneOf(BlockFeature.class);
    add(features, BlockFeature.EMBEDDING_SCALE, embedding.scale() != 1);
    add(features, BlockFeature.EMBEDDING_NORM, embedding.normalized());
    add(features, BlockFeature.RESIDUAL_SCALE, residualScale != 1);
    add(features, BlockFeature.ATTENTION_SCALE, attention.scale() != usualScale);
    add(features, BlockFeature.ATTENTION_SOFT_CAP, attention.softCap() != 0);
    QueryKeyNorm queryKeyNorm = attention.queryKeyNorm();
    add(features, BlockFeature.NORM_OF_ALL_HEADS, queryKeyNorm == QueryKeyNorm.ALL_HEADS);
    add(features, BlockFeature.ROTARY_BY_LAYER, someTurn || differ);
    add(features, BlockFeature.ROTARY_PART, parts);
    add(features, BlockFeature.ROTARY_AMPLITUDE, scale);
    add(features, BlockFeature.NO_NORM_BEFORE, norms.before() != NormConfig.Before.ALL);
    add(features, BlockFeature.NORM_AFTER, norms.after());
    return features;
  }

  private static void add(Set<BlockFeature> features, BlockFeature feature, boolean present) {
    if (present) {
      features.add(feature);
    }
  }
}
